/** Workers: an invocation may wait for six outgoing connections at a time. The queue's `sendBatch` needs the sixth. */
const MAX_CONNECTIONS = 5;
/** While other projects wait. */
const MAX_CONNECTIONS_OF_A_PROJECT = 2;
/** While healthy receivers wait. */
const MAX_CONNECTIONS_OF_UNWELL = 2;
/** The work that a place is for. */
export interface Work {
  project: string;
  /** Whether the receiver failed, or was slow, when a message was last sent to it. */
  isUnwell: boolean;
}

/** The right to a connection for one piece of work. It is reserved as soon as that work is known, before it can begin. */
export interface Place {
  /** Waits for the connection. Undefined if the place was left before. */
  use<Result>(work: () => Promise<Result>): Promise<Result | undefined>;
  /** Gives the place up. Changes nothing once the connection is in use. */
  leave(): void;
}

/** The connections of one project, of all unwell receivers, or of all. */
interface Share {
  inUse: number;
  /** Places that are neither in use nor left. */
  unused: number;
}

interface ProjectShare extends Share {
  /** Places whose work could begin at once, each as the function that begins it. */
  waiting: { healthy: Set<() => void>; unwell: Set<() => void> };
}

/**
 * The connections of one invocation, kept apart by bulkheads, because a connection may be held for a whole timeout.
 * Projects take turns. A project holds at most two connections while another has work that has not begun, even if that
 * work cannot begin yet. Unwell receivers come last, and together hold at most two while a healthy one has such work.
 */
export class Connections {
  readonly #all: Share = { inUse: 0, unused: 0 };
  readonly #unwell: Share = { inUse: 0, unused: 0 };
  /** By project. The one whose turn is next comes first. */
  readonly #projects = new Map<string, ProjectShare>();

  place({ project, isUnwell }: Work): Place {
    const own = this.#shareOf(project);
    const shares = isUnwell ? [this.#all, own, this.#unwell] : [this.#all, own];
    const waiting = isUnwell ? own.waiting.unwell : own.waiting.healthy;
    const { promise: turn, resolve } = Promise.withResolvers<boolean>();
    let isOpen = true;
    const close = (hasTurn: boolean) => {
      isOpen = false;
      for (const share of shares) share.unused -= 1;
      waiting.delete(begin);
      resolve(hasTurn);
    };
    const begin = () => {
      for (const share of shares) share.inUse += 1;
      close(true);
    };
    for (const share of shares) share.unused += 1;
    return {
      use: async (work) => {
        if (isOpen) waiting.add(begin);
        this.#grant();
        if (!(await turn)) return undefined;
        try {
          return await work();
        } finally {
          for (const share of shares) share.inUse -= 1;
          this.#grant();
        }
      },
      leave: () => {
        if (!isOpen) return;
        close(false);
        this.#grant();
      },
    };
  }

  #shareOf(project: string): ProjectShare {
    const share = this.#projects.get(project) ?? {
      inUse: 0,
      unused: 0,
      waiting: { healthy: new Set(), unwell: new Set() },
    };
    this.#projects.set(project, share);
    return share;
  }

  #grant(): void {
    for (let next = this.#next(); next !== undefined; next = this.#next()) next();
  }

  /** The work that may begin next, if there is any. Its project goes to the end of the line. */
  #next(): (() => void) | undefined {
    if (this.#all.inUse === MAX_CONNECTIONS) return undefined;
    return this.#nextOf("healthy") ?? (this.#mayUnwellHaveAnother() ? this.#nextOf("unwell") : undefined);
  }

  #nextOf(kind: keyof ProjectShare["waiting"]): (() => void) | undefined {
    for (const [project, share] of this.#projects) {
      const [first] = share.waiting[kind];
      if (first === undefined || !this.#mayProjectHaveAnother(share)) continue;
      this.#projects.delete(project);
      this.#projects.set(project, share);
      return first;
    }
    return undefined;
  }

  #mayProjectHaveAnother({ inUse, unused }: Share): boolean {
    const doOthersWait = this.#all.unused > unused;
    return inUse < MAX_CONNECTIONS_OF_A_PROJECT || !doOthersWait;
  }

  #mayUnwellHaveAnother(): boolean {
    const doHealthyWait = this.#all.unused > this.#unwell.unused;
    return this.#unwell.inUse < MAX_CONNECTIONS_OF_UNWELL || !doHealthyWait;
  }
}
