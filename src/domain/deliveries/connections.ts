/** Workers: an invocation may wait for six outgoing connections at a time. The queue's `sendBatch` needs the sixth. */
const MAX_CONNECTIONS = 5;
/** The limit of one project while another project has work that has not begun. */
const MAX_CONNECTIONS_OF_A_PROJECT = 2;
/**
 * The limit of all receivers of a rank and of worse ranks, while a receiver of a better rank has work that has not
 * begun.
 */
const MAX_CONNECTIONS_OF_WORSE = 2;

/**
 * What an invocation knows of a receiver, the best first:
 * - `prompt`: its last attempt did not fail, and was quick.
 * - `unknown`: its last attempt did not fail, but this isolate has made none. The receiver may hang.
 * - `failing`: its last attempt failed. If this isolate made it, it was quick.
 * - `slow`: its last attempt was slow.
 */
const RANKS = ["prompt", "unknown", "failing", "slow"] as const;
export type Rank = (typeof RANKS)[number];

/** The work that a connection is reserved for. */
export interface Work {
  project: string;
  rank: Rank;
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

/** Counts the work of one project, or of one rank and all worse ranks. */
interface Share {
  inUse: number;
  /** Reservations that are neither in use nor cancelled. */
  unused: number;
}

interface ProjectShare extends Share {
  /** Work that could begin at once, each as the function that begins it. */
  waiting: Record<Rank, Set<() => void>>;
}

/**
 * Shares the connections of one invocation between receivers. The pattern is called bulkhead: a receiver that hangs
 * must not take the connections of others. These rules are only here:
 * - Projects take turns. A project has at most two connections while another project has work that has not begun.
 * - Receivers of a better rank come first. The receivers of all worse ranks together have at most two connections while
 *   a receiver of a better rank has work that has not begun.
 */
export class Connections {
  readonly #all = newShare();
  /** The share of each rank, which includes all worse ranks. */
  readonly #ranks = RANKS.map((rank, index) => ({ rank, share: index === 0 ? this.#all : newShare() }));
  /** By project. The project whose turn is next comes first. */
  readonly #projects = new Map<string, ProjectShare>();

  reserve({ project, rank }: Work): Reservation {
    const own = this.#shareOf(project);
    const shares = [own, ...this.#ranks.slice(0, RANKS.indexOf(rank) + 1).map(({ share }) => share)];
    const waiting = own.waiting[rank];
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
    const known = this.#projects.get(project);
    if (known !== undefined) return known;
    const waiting = { prompt: newLine(), unknown: newLine(), failing: newLine(), slow: newLine() };
    const share = { ...newShare(), waiting };
    this.#projects.set(project, share);
    return share;
  }

  #grant(): void {
    for (let next = this.#next(); next !== undefined; next = this.#next()) next();
  }

  /**
   * The function that begins the next work, or undefined if no work may begin now. The project of this work then comes
   * last in the order of turns.
   */
  #next(): (() => void) | undefined {
    if (this.#all.inUse === MAX_CONNECTIONS) return undefined;
    for (const { rank, share } of this.#ranks) {
      if (!this.#mayHaveAnother(share, MAX_CONNECTIONS_OF_WORSE)) return undefined; // then no worse rank may either
      const next = this.#nextOf(rank);
      if (next !== undefined) return next;
    }
    return undefined;
  }

  #nextOf(rank: Rank): (() => void) | undefined {
    for (const [project, share] of this.#projects) {
      const [first] = share.waiting[rank];
      if (first === undefined || !this.#mayHaveAnother(share, MAX_CONNECTIONS_OF_A_PROJECT)) continue;
      this.#projects.delete(project);
      this.#projects.set(project, share);
      return first;
    }
    return undefined;
  }

  /** A share may exceed its limit only while no other share has work that has not begun. */
  #mayHaveAnother({ inUse, unused }: Share, limit: number): boolean {
    return inUse < limit || this.#all.unused === unused;
  }
}

function newShare(): Share {
  return { inUse: 0, unused: 0 };
}

function newLine(): Set<() => void> {
  return new Set();
}
