import { startTestRedis, type TestRedis } from '@image-studio/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ReplyError } from 'ioredis';
import { connectFailFast, disconnect, type Redis } from './connect.ts';
import { outageOf } from './redis-outage.ts';

const replied = (message: string): Error => new ReplyError(message);
const withCode = (code: string): Error => Object.assign(new Error('connect failed'), { code });

describe('what servers reply', () => {
  test.each([
    ["OOM command not allowed when used memory > 'maxmemory'.", 'it is full'],
    [
      "OOM command not allowed when used memory > 'maxmemory'. script: 2ae3, on @user_script:14.",
      'it is full',
    ],
    [
      "ERR Error running script (call to f_d5e8): @user_script:1: @user_script: 1: -OOM command not allowed when used memory > 'maxmemory'.   ",
      'it is full',
    ],
    [
      "EXECABORT Transaction discarded because of: OOM command not allowed when used memory > 'maxmemory'.",
      'it is full',
    ],
    ["READONLY You can't write against a read only replica.", 'it is a read-only replica'],
    [
      'UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)',
      'replica',
    ],
    ['MISCONF Errors writing to the AOF file: No space left on device', 'it cannot save to its disk'],
    ['NOREPLICAS Not enough good replicas to write.', 'too few replicas'],
    ['LOADING Redis is loading the dataset in memory', 'loading its data'],
    ['BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.', 'script'],
    ["MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.", 'lost its primary'],
    ['CLUSTERDOWN Hash slot not served', 'cluster is down'],
    ['TRYAGAIN Multiple keys request during rehashing of slot', 'moving keys'],
    ['ERR max number of clients reached', 'no room for another connection'],
    ['ERR max daily request limit exceeded. Limit: 10000, Usage: 10000.', 'used up'],
    ['WRONGPASS invalid username-password pair or user is disabled.', 'REDIS_URL'],
    ['NOAUTH Authentication required.', 'REDIS_URL has none'],
    ['NOPERM No permissions to access a key', 'may not do what is needed'],
  ])('%s', (message, says) => {
    expect(outageOf(replied(message))?.reason).toContain(says);
    expect(outageOf(replied(message))?.reason).not.toMatch(/user_script|EXECABORT/);
  });

  test.each([
    'WRONGTYPE Operation against a key holding the wrong kind of value',
    'ERR user_script:3: the batch is BUSY or READONLY script: 2ae3, on @user_script:3.',
    'BUSYKEY Target key name already exists.',
    'NOSCRIPT No matching script.',
    'EXECABORT Transaction discarded because of previous errors.',
    'ERR value is not an integer or out of range',
  ])('%s: a fault of what was asked', (message) => expect(outageOf(replied(message))).toBeNull());
});

describe('what stands in the way', () => {
  test.each([
    ['ENOTFOUND', 'its name cannot be resolved'],
    ['ECONNREFUSED', 'nobody listens'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'certificate is not trusted'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'TLS fails'],
  ])('%s', (code, says) => expect(outageOf(withCode(code))?.reason).toContain(says));

  test('an error of something else is none', () => {
    expect(outageOf(new TypeError('x is undefined'))).toBeNull();
    expect(outageOf(withCode('ERR_INVALID_ARG_TYPE'))).toBeNull();
    expect(outageOf('OOM')).toBeNull();
  });
});

describe('a real server', () => {
  let server: TestRedis;
  let redis: Redis;
  beforeAll(async () => {
    server = await startTestRedis();
    redis = connectFailFast(server.url);
    await new Promise((resolve) => redis.once('ready', resolve));
  });
  afterAll(async () => {
    await disconnect(redis);
    await server.stop();
  });

  const WRITES: [how: string, write: () => Promise<unknown>][] = [
    ['a command', () => redis.set('a', 1)],
    ['a script', () => redis.eval("redis.call('GET', KEYS[1]) return redis.call('SET', KEYS[1], 1)", 1, 'a')],
    ['a transaction', () => redis.multi().set('a', 1).set('b', 1).exec()],
  ];

  test.each([
    ['full', 'maxmemory', '1', '0', 'OOM'],
    ['short of replicas', 'min-replicas-to-write', '1', '0', 'NOREPLICAS'],
  ])('that is %s refuses commands, scripts and transactions', async (_what, setting, bad, good, code) => {
    await redis.config('SET', setting, bad);
    for (const [how, write] of WRITES) {
      const error = await write().catch((caught: unknown) => caught);
      expect([how, outageOf(error)?.reason]).toEqual([how, expect.stringContaining(code)]);
    }
    await redis.config('SET', setting, good);
    for (const [, write] of WRITES) await write();
  });

  test('that follows another one is demoted', async () => {
    await redis.replicaof('127.0.0.1', 1);
    for (const [how, write] of WRITES) {
      const error = await write().catch((caught: unknown) => caught);
      expect([how, outageOf(error)]).toEqual([how, expect.objectContaining({ isDemoted: true })]);
    }
    await redis.replicaof('NO', 'ONE');
  });
});
