import { z } from 'zod';
import { variable } from './variable.ts';

/** Where traces go; OpenTelemetry's own variables. */
export interface TracingConfig {
  /** Where spans are posted to; absent: none is made. */
  url?: string;
  /** Sent along; they may hold a key. */
  headers: Readonly<Record<string, string>>;
  /** Of this installation, beside the name of the process. */
  resource: Readonly<Record<string, string>>;
  /** Share of the traces that no client began and are recorded, 0 to 1. */
  share: number;
}

/** For the logger to leave out. */
export function tracingSecrets({ tracing }: { tracing: TracingConfig }): string[] {
  return Object.values(tracing.headers);
}

export const TracingSlice = z
  .object({
    OTEL_EXPORTER_OTLP_ENDPOINT: variable.url(['http:', 'https:']).optional(),
    OTEL_EXPORTER_OTLP_HEADERS: pairs(),
    OTEL_RESOURCE_ATTRIBUTES: pairs(),
    OTEL_TRACES_SAMPLER_ARG: z
      .string()
      .refine((text) => /^\d+(\.\d+)?$/.test(text) && Number(text) <= 1, 'must be a number from 0 to 1')
      .transform(Number)
      .default(1),
  })
  .transform(
    (env): TracingConfig => ({
      ...(env.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined && {
        url: `${env.OTEL_EXPORTER_OTLP_ENDPOINT.replace(/\/+$/, '')}/v1/traces`,
      }),
      headers: env.OTEL_EXPORTER_OTLP_HEADERS,
      resource: env.OTEL_RESOURCE_ATTRIBUTES,
      share: env.OTEL_TRACES_SAMPLER_ARG,
    }),
  );

/** `name=value,name=value`, the values as in an address. They may be secrets, so none is shown. */
function pairs() {
  return z
    .string()
    .transform((text, context) => {
      const found: Record<string, string> = {};
      for (const pair of text.split(',').filter((part) => part.trim() !== '')) {
        const [, key, value] = /^\s*([^\s=]+)\s*=\s*(.*?)\s*$/.exec(pair) ?? [];
        const plain = value === undefined ? undefined : decoded(value);
        if (key === undefined || plain === undefined) {
          context.addIssue({ code: 'custom', message: 'must be name=value pairs, with commas between them' });
          return z.NEVER;
        }
        found[key] = plain;
      }
      return found;
    })
    .default({});
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
