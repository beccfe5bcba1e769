import type { z } from 'zod';
import { ConfigError, type ConfigFault } from './config-error.ts';

/** The variables of a process, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Parses one slice of the configuration after another and returns their values, frozen. Empty variables count as
 * unset. Throws one `ConfigError` with the faults of all slices: one line per variable.
 */
export function readEnvironment<const S extends Record<string, z.ZodType>>(
  env: Environment,
  slices: S,
): Readonly<{ [Name in keyof S]: z.output<S[Name]> }> {
  const given = withoutEmpty(env);
  const faults = new Map<string, ConfigFault>();
  const values: Record<string, unknown> = {};
  for (const [name, slice] of Object.entries(slices)) {
    const parsed = slice.safeParse(given);
    if (parsed.success) values[name] = parsed.data;
    else for (const fault of parsed.error.issues.map(toFault)) faults.set(fault.variable, fault);
  }
  if (faults.size > 0) throw new ConfigError([...faults.values()]);
  return deepFreeze(values) as Readonly<{ [Name in keyof S]: z.output<S[Name]> }>;
}

/** `FOO= npm start` means the same as not setting it; spaces around a value are never meant. */
export function withoutEmpty(env: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value?.trim() ? [[name, value.trim()]] : [])),
  );
}

function toFault(issue: z.core.$ZodIssue): ConfigFault {
  return { variable: String(issue.path[0]), message: issue.message };
}

function deepFreeze(value: unknown): unknown {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}
