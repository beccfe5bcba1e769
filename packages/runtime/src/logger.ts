import { types } from 'node:util';
import { parseUrl } from '@image-studio/contract';
import { contextFields, currentContext } from '@image-studio/tracing';
import { type DestinationStream, destination, type Logger, pino, stdSerializers } from 'pino';
import pretty from 'pino-pretty';
import type { LogLevel } from './config/process-slice.ts';

export type { Logger } from 'pino';

/** Fields that hold a credential wherever somebody logs one by mistake. */
const SECRET_FIELDS = [
  'apiKey',
  'apiKeys',
  'authorization',
  'cookie',
  'password',
  'redisUrl',
  'secret',
  'secretAccessKey',
  'token',
  'x-goog-api-key',
];

export interface LoggerOptions {
  level: LogLevel;
  /** Name of the process: `api`, `worker`. */
  name: string;
  /** Values that must not appear in any line, whatever field or message carries them. */
  secrets?: readonly string[];
  /** Default: stdout. */
  stream?: DestinationStream;
  /** Lines for people on stdout. Default: when it is a terminal. */
  pretty?: boolean;
}

/**
 * JSON lines on stdout, pretty on a terminal. Credentials are redacted by field name and by value. A line that is written for a
 * request or a job says for which: `requestId`, `traceId`.
 */
export function createLogger(options: LoggerOptions): Logger {
  const stream = withoutValues(options.secrets ?? [], options.stream ?? openStdout(options.pretty));
  return pino(
    {
      level: options.level,
      name: options.name,
      base: { pid: process.pid },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      mixin: () => contextFields(currentContext()),
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describeError, error: describeError },
      redact: {
        paths: SECRET_FIELDS.flatMap((field) => [`["${field}"]`, `*["${field}"]`, `*.*["${field}"]`]),
        censor: '[redacted]',
      },
    },
    stream,
  );
}

/** An error of Redis brings its command along, with all that was to be written; the name will do. */
function describeError(error: unknown): unknown {
  if (!types.isNativeError(error)) return error;
  const described = stdSerializers.err(error) as DescribedError;
  delete described.previousErrors;
  for (const one of [described, ...(described.aggregateErrors ?? [])]) {
    if (one.command !== undefined) one.command = (one.command as { name?: unknown } | null)?.name;
  }
  return described;
}

interface DescribedError {
  command?: unknown;
  previousErrors?: unknown;
  aggregateErrors?: DescribedError[];
}

/**
 * Synchronous: the last lines before an exit are the ones that matter. When the reader is gone (a launcher that was
 * killed), lines are lost and the process goes on to hand back its jobs.
 */
function openStdout(isPretty = process.stdout.isTTY === true): DestinationStream {
  const stdout = destination({ dest: 1, sync: true });
  stdout.on('error', () => {});
  if (!isPretty) return stdout;
  return pretty({ destination: stdout, ignore: 'pid,name', translateTime: 'SYS:HH:MM:ss' });
}

/** Replaces every secret value in every line. */
function withoutValues(secrets: readonly string[], stream: DestinationStream): DestinationStream {
  const redact = redactor(secrets);
  return { write: (line) => stream.write(redact(line)) };
}

/** What takes secret values out of a text. Short ones would mangle ordinary words and are no secrets. */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const values = secrets.flatMap(formsOf).filter((secret) => secret.length >= 6);
  return (text) => values.reduce((rest, value) => rest.replaceAll(value, '[redacted]'), text);
}

/** A secret as JSON writes it too, and the password of one that is a URL, which errors quote by itself. */
function formsOf(secret: string): string[] {
  const { password = '' } = parseUrl(secret) ?? {};
  const plain = [secret, password, decoded(password)];
  return [...new Set(plain.flatMap((form) => [form, JSON.stringify(form).slice(1, -1)]))];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
