import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Certificate, createCA, createCert } from 'mkcert';
import { ConfigError } from './config-error.ts';
import { redisOf, redisSecrets } from './redis-slice.ts';
import { readWorkerConfig } from './worker-config.ts';

const TLS = { REDIS_URL: 'rediss://redis.example:6380' };

let folder: string;
let authority: Certificate;
let client: Certificate;
let other: Certificate;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'image-studio-pem-'));
  const nowhere = { organization: 'test', countryCode: 'XX', state: 'none', locality: 'none' };
  authority = await createCA({ ...nowhere, validity: 2 });
  const issue = (name: string) => createCert({ ca: authority, domains: [name], validity: 2 });
  [client, other] = await Promise.all([issue('one'), issue('other')]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const read = (env: Record<string, string>) => redisOf(readWorkerConfig({ ...TLS, ...env }));

function faultsOf(env: Record<string, string>): string[] {
  try {
    read(env);
  } catch (error) {
    if (error instanceof ConfigError)
      return error.faults.map(({ variable, message }) => `${variable} ${message}`);
    throw error;
  }
  return [];
}

describe('the configuration of Redis', () => {
  test('takes PEM texts, also on one line', () => {
    const oneLine = (pem: string) => pem.replaceAll('\r', '').replaceAll('\n', '\\n');
    const env = {
      REDIS_CA: authority.cert,
      REDIS_CERT: oneLine(client.cert),
      REDIS_KEY: oneLine(client.key),
    };
    const { redisTls } = read(env);
    expect(redisTls?.ca?.trim()).toBe(authority.cert.trim());
    expect(redisTls?.key).toContain('\n');
    expect(faultsOf(env)).toEqual([]);
  });

  test('takes paths, and reads a renewed file but not one that is gone', async () => {
    const file = join(folder, 'ca.pem');
    await writeFile(file, authority.cert);
    const { redisTls } = read({ REDIS_CA: file });
    expect(redisTls?.ca).toBe(authority.cert);
    await writeFile(file, client.cert);
    expect(redisTls?.ca).toBe(client.cert);
    await rm(file);
    expect(redisTls?.ca).toBe(client.cert);
  });

  test('takes sentinels with a login of their own', () => {
    const REDIS_URL = 'redis+sentinel://studio:secret-1@a,b:26380/mymaster';
    const config = read({ REDIS_URL, REDIS_SENTINEL_USERNAME: 'watch', REDIS_SENTINEL_PASSWORD: 'secret-2' });
    expect(config).toEqual({
      redisUrl: REDIS_URL,
      redisSentinel: { username: 'watch', password: 'secret-2' },
    });
    expect(redisSecrets(config)).toEqual([REDIS_URL, 'secret-1', 'secret-2']);
  });

  test('knows the private key for a secret', () => {
    expect(redisSecrets(read({ REDIS_CERT: client.cert, REDIS_KEY: client.key }))).toContain(
      client.key.trim(),
    );
  });

  test.each([
    [() => ({ REDIS_CA: '/nowhere/ca.pem' }), 'REDIS_CA names a file that cannot be read (ENOENT)'],
    [() => ({ REDIS_CA: folder }), 'REDIS_CA names a file that cannot be read (EISDIR)'],
    [
      () => ({ REDIS_CA: '-----BEGIN nothing' }),
      'REDIS_CA must be the path of a PEM file or PEM text of a certificate',
    ],
    [() => ({ REDIS_CERT: client.cert }), 'REDIS_KEY is required when REDIS_CERT is set'],
    [() => ({ REDIS_KEY: client.key }), 'REDIS_CERT is required when REDIS_KEY is set'],
    [
      () => ({ REDIS_CERT: client.cert, REDIS_KEY: client.cert }),
      'REDIS_KEY must be the path of a PEM file or PEM text of a private key without a passphrase',
    ],
    [
      () => ({ REDIS_CERT: client.cert, REDIS_KEY: other.key }),
      'REDIS_KEY does not belong to the certificate of REDIS_CERT',
    ],
    [
      () => ({ REDIS_URL: 'redis://h', REDIS_CA: authority.cert }),
      'REDIS_CA needs a REDIS_URL that starts with rediss:// or rediss+sentinel://',
    ],
    [
      () => ({ REDIS_SENTINEL_PASSWORD: 'x' }),
      'REDIS_SENTINEL_PASSWORD needs a REDIS_URL that starts with redis+sentinel:// or rediss+sentinel://',
    ],
  ])('refuses what cannot be meant (%#)', (env, fault) => {
    expect(faultsOf(env())).toEqual([fault]);
  });
});
