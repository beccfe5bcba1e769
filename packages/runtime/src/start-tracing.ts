import { hostname } from 'node:os';
import type { TracingConfig } from './config/tracing-slice.ts';
import type { Lifecycle } from './lifecycle.ts';
import { type Logger, redactor } from './logger.ts';

/**
 * Sends spans to the collector that the configuration names, to the end of the process. Without one nothing is loaded and
 * no span is made. Call it before anything else is opened: what closes last sends the spans of all that closed before.
 */
export async function startTracing(
  config: TracingConfig,
  options: { name: string; version: string; secrets: readonly string[]; log: Logger; lifecycle: Lifecycle },
): Promise<void> {
  const { url, headers, share, resource } = config;
  if (url === undefined) return;
  const { exportSpans } = await import('@image-studio/tracing/otlp');
  const { name, version, secrets, log, lifecycle } = options;
  const exporter = exportSpans({
    url,
    headers,
    share,
    version,
    log,
    resource: {
      'service.name': `image-studio-${name}`,
      'service.version': version,
      'service.instance.id': `${hostname()}-${process.pid}`,
      ...resource,
    },
    redact: redactor(secrets),
  });
  lifecycle.own('tracing', () => exporter.close());
}
