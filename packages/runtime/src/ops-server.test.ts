import { afterEach, describe, expect, test } from '@jest/globals';
import { createMetrics } from './metrics.ts';
import { type OpsServer, startOpsServer } from './ops-server.ts';

describe('startOpsServer', () => {
  let server: OpsServer;
  afterEach(() => server.close());

  async function start(ready: () => Promise<void> = async () => {}) {
    const metrics = createMetrics();
    server = await startOpsServer({ port: 0, host: '127.0.0.1', registry: metrics.registry, ready });
    return metrics;
  }

  test('says that the process lives', async () => {
    await start(() => Promise.reject(new Error('Redis is away')));
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  });

  test('is ready as long as the check resolves, and names the reason when it does not', async () => {
    let fault: Error | undefined;
    await start(async () => {
      if (fault) throw fault;
    });
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    fault = new Error('Redis is away');
    const answer = await fetch(`${server.url}/readyz`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({ status: 'unavailable', reason: 'Redis is away' });
  });

  test('is not ready when the check hangs', async () => {
    await start(() => new Promise(() => {}));
    const answer = await fetch(`${server.url}/readyz`);
    expect(await answer.json()).toEqual({
      status: 'unavailable',
      reason: 'the check did not answer within 2000 ms',
    });
  });

  test('serves every metric of the contract and the process metrics', async () => {
    const metrics = await start();
    metrics.imagesGenerated.inc({ mode: 'main', status: 'success' });
    metrics.generationDuration.observe({ mode: 'main' }, 7);
    metrics.skus.inc({ status: 'failed', code: 'SOURCE_NOT_FOUND' });
    const answer = await fetch(`${server.url}/metrics`);
    expect(answer.headers.get('content-type')).toContain('text/plain');
    const text = await answer.text();
    for (const name of [
      'image_studio_images_generated_total{mode="main",status="success"} 1',
      'image_studio_generation_duration_seconds_bucket{le="10",mode="main"} 1',
      'image_studio_active_jobs 0',
      'image_studio_queue_size 0',
      'image_studio_skus_total{status="failed",code="SOURCE_NOT_FOUND"} 1',
      '# TYPE image_studio_queue_jobs gauge',
      '# TYPE image_studio_stage_duration_seconds histogram',
      '# TYPE image_studio_ai_calls_total counter',
      '# TYPE image_studio_ai_quota_utilisation gauge',
      '# TYPE image_studio_ai_cost_usd_total counter',
      'process_resident_memory_bytes',
    ]) {
      expect(text).toContain(name);
    }
  });

  test('answers 404 elsewhere', async () => {
    await start();
    expect((await fetch(`${server.url}/`)).status).toBe(404);
  });
});
