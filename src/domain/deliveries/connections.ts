/** Workers: an invocation may wait for six outgoing connections at a time. The queue's `sendBatch` needs the sixth. */
const MAX_CONNECTIONS = 5;
/** The limit of one project while another project has work that has not begun. */
const MAX_CONNECTIONS_OF_A_PROJECT = 2;
/** The limit of all unhealthy receivers together, while a healthy receiver has work that has not begun. */
const MAX_CONNECTIONS_OF_UNHEALTHY = 2;

/** The work that a connection is reserved for. */
export interface Work {
  project: string;
  /** True if the receiver's last attempt failed or was slow. */
  isUnhealthy: boolean;
}

/**
 * A place in the line for connections. It is reserved before its work can begin, because the limits count all work to
 * come.
 */
export interface Reservation {
  /** Waits for a connection, and runs `work` with it. Returns undefined if the reservation was cancelled before. */
  use<Result>(work: () => Promise<Result>): Promise<Result | undefined>;
  /** Changes nothing once the connection is in use. */
  cancel(): void;
}

/** Counters: of one project, of all unhealthy receivers, or of all work. */
interface Share {
  inUse: number;
  /** Reservations that are neither in use nor cancelled. */
  unused: number;
}

interface ProjectShare extends Share {
  /** Work that could begin at once, each as the function that begins it. */
  waiting: { healthy: Set<() => void>; unhealthy: Set<() => void> };
}

/**
 * Shares the connections of one invocation between receivers. The pattern is called bulkhead: a receiver that hangs
 * must not take the connections of others. These rules are only here:
 * - Projects take turns. A project has at most two connections while another project has work that has not begun.
 * - Unhealthy receivers come last. Together they have at most two connections while a healthy receiver has work that has
 *   not begun. `WaitingMessages.isUnhealthy` says which receivers are unhealthy.
 */
export class Connections {
  readonly #all: Share = { inUse: 0, unused: 0 };
  readonly #unhealthy: Share = { inUse: 0, unused: 0 };
  /** By project. The project whose turn is next comes first. */
  readonly #projects = new Map<string, ProjectShare>();

  reserve({ project, isUnhealthy }: Work): Reservation {
    const own = this.#shareOf(project);
    const shares = isUnhealthy ? [this.#all, own, this.#unhealthy] : [this.#all, own];
    const waiting = isUnhealthy ? own.waiting.unhealthy : own.waiting.healthy;
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
      cancel: () => {
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
      waiting: { healthy: new Set(), unhealthy: new Set() },
    };
    this.#projects.set(project, share);
    return share;
  }

  #grant(): void {
    for (let next = this.#next(); next !== undefined; next = this.#next()) next();
  }

  /**
   * The function that begins the next work, or undefined if no work may begin now. The project of this work has its
   * next turn last.
   */
  #next(): (() => void) | undefined {
    if (this.#all.inUse === MAX_CONNECTIONS) return undefined;
    return this.#nextOf("healthy") ?? (this.#mayUnhealthyHaveAnother() ? this.#nextOf("unhealthy") : undefined);
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

  #mayUnhealthyHaveAnother(): boolean {
    const doHealthyWait = this.#all.unused > this.#unhealthy.unused;
    return this.#unhealthy.inUse < MAX_CONNECTIONS_OF_UNHEALTHY || !doHealthyWait;
  }
}
