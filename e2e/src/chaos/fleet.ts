import type { RunningProcess } from '@image-studio/testkit/deployment';
import type { World } from '../world.ts';

/** One worker process from its start to its end. */
export interface Incarnation {
  /** Its own base address at the model, so that its calls can be told from those of others. */
  client: string;
  process: RunningProcess;
  /** `Date.now()`. */
  startedAt: number;
  /** Another disaster is at it: frozen, or told to stop. */
  isTaken: boolean;
  /** `Date.now()` of its death by SIGKILL. */
  killedAt?: number;
}

/** Workers under a supervisor that starts another one when one ends. */
export interface Fleet {
  all: Incarnation[];
  alive(): Incarnation[];
  start(): void;
}

export function createFleet(world: World): Fleet {
  const all: Incarnation[] = [];
  return {
    all,
    alive: () => all.filter(({ process: { child } }) => child.exitCode === null && child.signalCode === null),
    start() {
      const client = `/worker-${all.length + 1}`;
      const env = { GEMINI_BASE_URL: `${world.gemini.baseUrl}${client}` };
      all.push({ client, process: world.studio.startWorker(env), startedAt: Date.now(), isTaken: false });
    },
  };
}
