import { extname } from 'node:path';
import { StageError, say } from '@image-studio/contract';
import { ChildDied } from './child-died.ts';
import { CHILD_LIMITS, type ChildLimits } from './child-limits.ts';
import { createChildPool } from './child-pool.ts';
import { fromFault, type PictureResult, type PictureTask } from './picture-task.ts';
import type { PictureWork } from './picture-work.ts';
import type { ChildOptions } from './start-child.ts';

/** When a child dies at work on a picture, the picture is tried in another child, once. */
const TRIES = 2;
/** The child's program lies beside this file, compiled like it, or as source when the process runs from source. */
const CHILD = new URL(`./picture-child${extname(import.meta.url)}`, import.meta.url);

/**
 * The maps of a picture are memory outside V8's heap, some 40 MB of them. Each time they grow by so much V8 begins to mark its heap
 * step by step, and until it is done every write to an object costs more: 170 CPU ms a packshot of 2048 px, 133 in one go. A child
 * answers nobody meanwhile, so a pause costs nothing; it holds 20 MB more.
 *
 * Between two pictures no object of a picture is left. After two collections V8 forgets the shape (hidden class) of such objects, throws away
 * all code that it has compiled for them, and compiles it again: 306 CPU ms to finish a picture, 245 when shapes are kept.
 */
const V8_OPTIONS = ['--no-incremental-marking', '--retain-maps-for-n-gc=1000000'];
/** A loader that this process runs its source by is the child's, too; a debugger's port is not. */
const OWN_OPTIONS = process.execArgv.filter((option) => !option.startsWith('--inspect'));

export interface ChildPictureOptions {
  /** Pictures that are worked on at once. */
  size: number;
  env: ChildOptions['env'];
  /** Is told of every child that died. */
  log: { warn(fields: object, message: string): void };
  limits?: Partial<ChildLimits>;
  /** For tests. */
  module?: URL;
  execArgv?: string[];
}

/**
 * Works in child processes. Decoders read hostile bytes: one that crashes, or takes all the memory or time, takes its child
 * along and nothing else, and the picture that it worked on is known. The loops over pixels take 100–400 ms a picture,
 * which would delay AI calls past their slots and the renewal of job locks if they ran in this process.
 */
export function childPictureWork(options: ChildPictureOptions): PictureWork {
  const { size, env, log, limits, module = CHILD, execArgv = OWN_OPTIONS } = options;
  const pool = createChildPool({
    size,
    env,
    module,
    execArgv: [...execArgv, ...V8_OPTIONS],
    limits: { ...CHILD_LIMITS, ...limits },
  });

  async function run<T>(owner: string, task: PictureTask, signal: AbortSignal): Promise<T> {
    const result = await runTwice(owner, task, signal);
    signal.throwIfAborted();
    if (!result.ok) throw fromFault(result.fault);
    return result.value as T;
  }

  async function runTwice(owner: string, task: PictureTask, signal: AbortSignal): Promise<PictureResult> {
    for (let deaths = 1; ; deaths += 1) {
      try {
        return (await pool.run(task, signal, { first: task.name === 'inspect', owner })) as PictureResult;
      } catch (error) {
        if (!(error instanceof ChildDied)) throw error;
        const { reason, message } = error;
        log.warn({ task: task.name, reason, deaths }, `a process for pictures ${message}`);
        // CPU time does not depend on what else runs: the second time it would be the same.
        if (deaths === TRIES || reason === 'cpu') throw gaveUp(task, error, deaths);
      }
    }
  }

  const workOf = (owner: string): PictureWork => ({
    ownedBy: workOf,
    examine: (path, limits, signal) => run(owner, { name: 'examine', args: [path, limits] }, signal),
    prepare: (photo, limits, signal) => run(owner, { name: 'prepare', args: [photo, limits] }, signal),
    measure: (data, signal) => run(owner, { name: 'measure', args: [data] }, signal),
    inspect: (image, signal) => run(owner, { name: 'inspect', args: [image] }, signal),
    finish: (image, spec, signal) => run(owner, { name: 'finish', args: [image, spec] }, signal),
    render: (request, signal) => run(owner, { name: 'render', args: [request] }, signal),
    usage: pool.usage,
    close: pool.close,
  });
  return workOf('');
}

/** A file that kills its decoder is no photo. A child that was killed from outside says nothing about its file. */
function gaveUp({ name }: PictureTask, cause: ChildDied, deaths: number): StageError {
  const isOfPhoto = name === 'prepare' || name === 'examine' || name === 'measure';
  const isPhoto = isOfPhoto && cause.reason !== 'killed';
  const ended = isPhoto
    ? say`photo cannot be decoded: the process that tried to ${cause.message}`
    : isOfPhoto
      ? say`the process that worked on the photo ${cause.message}`
      : say`the process that worked on the picture ${cause.message}`;
  const message = deaths === 1 ? ended : say`${ended}, ${deaths} times in a row`;
  return new StageError(isPhoto ? 'SOURCE_NOT_AN_IMAGE' : 'INTERNAL', message, { verdict: 'fail', cause });
}
