import { resolve } from 'node:path';
import {
  type ApiConfig,
  ConfigError,
  type Environment,
  readApiConfig,
  readWorkerConfig,
  type WorkerConfig,
} from '@image-studio/runtime';

/** What the launcher takes from the environment, checked as its processes will check it. */
export interface Settings {
  /** Handed to every process, each with its own changes. */
  env: Environment;
  dataDir: string;
  /** Unset: a private Redis is started. */
  redisUrl?: string;
  autoInstall: boolean;
  api: ApiConfig;
  worker: WorkerConfig;
}

/** Stands in for the address of the Redis that is not started yet. */
const LATER = 'redis://127.0.0.1:1';

/** Throws one `ConfigError` with the faults of the API's and the worker's configuration, before anything is started. */
export function readSettings(env: Environment): Settings {
  const dataDir = resolve(env.STUDIO_DATA_DIR || '.data');
  const redisUrl = env.REDIS_URL?.trim();
  const complete = { ...env, STUDIO_DATA_DIR: dataDir, REDIS_URL: redisUrl || LATER };
  const [api, worker] = readBoth(complete);
  return {
    env: { ...env, STUDIO_DATA_DIR: dataDir },
    dataDir,
    ...(redisUrl && { redisUrl }),
    autoInstall: env.STUDIO_AUTO_INSTALL !== '0',
    api,
    worker,
  };
}

function readBoth(env: Environment): [ApiConfig, WorkerConfig] {
  const faults = new Map<string, { variable: string; message: string }>();
  const attempt = <T>(read: (env: Environment) => T): T | undefined => {
    try {
      return read(env);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      for (const fault of error.faults) faults.set(fault.variable, fault);
      return undefined;
    }
  };
  const api = attempt(readApiConfig);
  const worker = attempt(readWorkerConfig);
  if (api === undefined || worker === undefined) throw new ConfigError([...faults.values()]);
  return [api, worker];
}
