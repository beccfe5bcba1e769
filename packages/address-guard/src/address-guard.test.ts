import { type AddressInfo, createServer, type Server } from 'node:net';
import { StageError } from '@image-studio/contract';
import { supplierFaults } from '@image-studio/testkit/supplier-faults';
import { type Supplier, startSupplier } from '@image-studio/testkit/supplier-stand-in';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import got, { type NormalizedOptions, Options } from 'got';
import { type AddressGuardOptions, createAddressGuard } from './address-guard.ts';

const strict: AddressGuardOptions = { allowPrivate: false, allowOrigins: [] };

/** The private host under attack: it counts connections and answers none. */
let victim: Server;
let victimPort: number;
let connections: number;
let supplier: Supplier;

beforeEach(async () => {
  connections = 0;
  victim = createServer((socket) => {
    connections++;
    socket.destroy();
  });
  await new Promise<void>((resolve) => victim.listen(0, '127.0.0.1', resolve));
  victimPort = (victim.address() as AddressInfo).port;
  supplier = await startSupplier();
});

afterEach(async () => {
  await supplier.close();
  await new Promise((resolve) => victim.close(resolve));
});

async function reasonFor(url: string, options: Partial<AddressGuardOptions> = {}): Promise<unknown> {
  const guard = createAddressGuard({ ...strict, ...options });
  try {
    await got(url, { ...guard.gotOptions, retry: { limit: 0 }, timeout: { request: 5000 } });
    return 'answered';
  } catch (error) {
    return error instanceof Error ? (error.cause ?? error) : error;
  }
}

async function refusal(url: string, options: Partial<AddressGuardOptions> = {}): Promise<string> {
  const reason = await reasonFor(url, options);
  expect(reason).toBeInstanceOf(StageError);
  const { code, verdict, message } = reason as StageError;
  // What a name leads to is nobody's business; what an address says is plain to see.
  const isOfName = message.includes('no public address');
  expect([code, verdict]).toEqual(
    isOfName ? ['SOURCE_UNREACHABLE', 'retry'] : ['SOURCE_FORBIDDEN_ADDRESS', 'fail'],
  );
  return message;
}

describe('addresses that the URL gives away', () => {
  const guard = createAddressGuard(strict);

  test.each([
    'http://127.0.0.1/',
    'http://127.1/',
    'http://127.0.0.1./',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://0177.0.0.1/',
    'http://0/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::7f00:1]/',
    'http://[2002:7f00:1::]/',
    'http://[64:ff9b::7f00:1]/',
    'http://[fd00:ec2::254]/latest/meta-data',
    'http://169.254.169.254/latest/meta-data',
    'http://100.100.100.200/',
    'https://10.0.0.1/',
    'http://①②⑦.0.0.1/',
    'http://localhost/',
    'http://LocalHost.:8080/',
    'http://a.localhost/',
  ])('%s is refused', (url) => {
    expect(() => guard.check(new URL(url))).toThrow(/leads to an? .* address/);
  });

  test.each([
    'ftp://cdn.example/a.jpg',
    'file:///etc/passwd',
    'data:image/png;base64,AA',
    'gopher://cdn.example/',
  ])('%s is refused for its protocol', (url) =>
    expect(() => guard.check(new URL(url))).toThrow('addresses are not fetched'),
  );

  test.each([22, 25, 6379, 3000, 9200, 8081])('port %i is no web port', (port) => {
    expect(() => guard.check(new URL(`http://cdn.example:${port}/a.jpg`))).toThrow(
      `port ${port} of cdn.example`,
    );
  });

  test.each([
    'http://cdn.example/',
    'https://cdn.example/',
    'http://cdn.example:8080/',
    'https://cdn.example:8443/',
  ])('%s passes', (url) => expect(guard.check(new URL(url))).toBeUndefined());

  test('credentials are refused and not repeated, and neither is the query', () => {
    const url = new URL('https://user:hunter2@cdn.example/a.jpg?signature=topsecret');
    const message = (() => {
      try {
        guard.check(url);
        return 'passed';
      } catch (error) {
        return (error as Error).message;
      }
    })();
    expect(message).toContain('cdn.example');
    expect(message).not.toMatch(/hunter2|user:|topsecret/);
  });

  test('credentials are refused even where private addresses are allowed', () => {
    const open = createAddressGuard({ allowPrivate: true, allowOrigins: [] });
    expect(() => open.check(new URL('http://user:pw@127.0.0.1:9/'))).toThrow('user name or password');
    expect(open.check(new URL('http://127.0.0.1:9/'))).toBeUndefined();
  });
});

describe('attacks, counted at the private host', () => {
  const answers = (...addresses: string[]) => ({
    resolve: async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
  });
  /** The victim's port counts as a web port, so that nothing but its address stands in the way. */
  const attack = (options: Partial<AddressGuardOptions> = {}) => ({
    ports: [victimPort],
    // The attacker's own server: it may be reached, and redirects.
    allowOrigins: [supplier.origin],
    ...options,
  });
  const redirectTo = (target: string) => supplier.serve('/go', supplierFaults.redirect(target));

  test('the victim is reached when nothing guards it', async () => {
    await reasonFor(`http://localhost:${victimPort}/`, { allowPrivate: true });
    expect(connections).toBe(1);
  });

  test.each<{ says: string; url: () => string; options?: Partial<AddressGuardOptions> }>([
    { says: 'a literal', url: () => `http://127.0.0.1:${victimPort}/` },
    { says: 'a decimal literal', url: () => `http://2130706433:${victimPort}/` },
    { says: 'a mapped literal', url: () => `http://[::ffff:127.0.0.1]:${victimPort}/` },
    { says: 'localhost', url: () => `http://localhost:${victimPort}/` },
    { says: 'localhost over https', url: () => `https://localhost:${victimPort}/` },
    {
      says: 'a name with a private address',
      url: () => `http://cdn.example:${victimPort}/`,
      options: answers('127.0.0.1'),
    },
    {
      says: 'the same over https',
      url: () => `https://cdn.example:${victimPort}/`,
      options: answers('127.0.0.1'),
    },
    {
      says: 'a name with a mapped address',
      url: () => `http://cdn.example:${victimPort}/`,
      options: answers('::ffff:127.0.0.1'),
    },
    {
      says: 'mixed answers, bad last',
      url: () => `http://cdn.example:${victimPort}/`,
      options: answers('8.8.8.8', '127.0.0.1'),
    },
    {
      says: 'mixed answers, bad first',
      url: () => `http://cdn.example:${victimPort}/`,
      options: answers('127.0.0.1', '8.8.8.8'),
    },
    { says: 'a redirect to a literal', url: () => redirectTo(`http://127.0.0.1:${victimPort}/`) },
    { says: 'a redirect to localhost', url: () => redirectTo(`http://localhost:${victimPort}/`) },
    { says: 'a redirect from http to https', url: () => redirectTo(`https://localhost:${victimPort}/`) },
    {
      says: 'a redirect to a private name',
      url: () => redirectTo(`http://cdn.example:${victimPort}/`),
      options: answers('127.0.0.1'),
    },
    {
      says: 'the same from http to https',
      url: () => redirectTo(`https://cdn.example:${victimPort}/`),
      options: answers('127.0.0.1'),
    },
    { says: 'a redirect with credentials', url: () => redirectTo(`http://a:b@127.0.0.1:${victimPort}/`) },
    { says: 'a redirect that keeps the protocol', url: () => redirectTo(`//127.0.0.1:${victimPort}/`) },
    {
      says: 'the second of two redirects',
      url: () => {
        supplier.serve('/two', supplierFaults.redirect(`http://127.0.0.1:${victimPort}/`));
        return redirectTo('/two');
      },
    },
  ])('$says opens no connection', async ({ url, options }) => {
    await refusal(url(), attack(options));
    expect(connections).toBe(0);
  });

  test('a name server that answers differently the second time is not asked twice for one connection', async () => {
    const asked: string[] = [];
    const { gotOptions } = createAddressGuard({
      ...strict,
      resolve: async (hostname) => {
        asked.push(hostname);
        return [{ address: asked.length === 1 ? '8.8.8.8' : '127.0.0.1', family: 4 }];
      },
    });
    const hop = new Options('http://rebind.example/');
    await gotOptions.hooks?.beforeRequest?.[0]?.(hop as NormalizedOptions, { retryCount: 0 });
    const connect = () =>
      new Promise((resolve) =>
        hop.dnsLookup?.('rebind.example', { all: true }, (error, list) => resolve(error ?? list)),
      );
    expect(await connect()).toEqual([{ address: '8.8.8.8', family: 4 }]);
    expect(asked).toHaveLength(1);
    // A later connection asks again and is refused.
    expect(await connect()).toMatchObject({ message: 'the name rebind.example leads to no public address' });
  });

  test('an allowed origin does not allow its host on another port', async () => {
    const allowOrigins = [`http://localhost:${new URL(supplier.origin).port}`];
    await refusal(`http://localhost:${victimPort}/`, attack({ allowOrigins }));
    await refusal(`http://localhost:${victimPort}/`, { allowOrigins });
    expect(connections).toBe(0);
  });

  test('a name that only we can resolve is refused like one that nobody can', async () => {
    const failing = (code: string) => ({
      resolve: async () => {
        throw Object.assign(new Error('dns'), { code });
      },
    });
    const outcomes = [
      answers('127.0.0.1'),
      answers('10.0.0.5'),
      answers('fd00::5'),
      answers('8.8.8.8', '192.168.0.1'),
      answers(),
      failing('ENOTFOUND'),
      failing('EAI_AGAIN'),
    ].map(async (options) => {
      const { code, verdict, message } = (await reasonFor(
        'http://db.shop.example/a?token=1',
        options,
      )) as StageError;
      return { code, verdict, message };
    });
    expect(new Set((await Promise.all(outcomes)).map((outcome) => JSON.stringify(outcome)))).toEqual(
      new Set([
        JSON.stringify({
          code: 'SOURCE_UNREACHABLE',
          verdict: 'retry',
          message: 'the name db.shop.example leads to no public address',
        }),
      ]),
    );
  });

  test.each(['redis', 'Redis.', 'db.internal', 'nas.local', 'x.y.corp', 'router.home.arpa'])(
    '%s is a private name and not even looked up',
    async (name) => {
      let questions = 0;
      const resolve = async () => {
        questions += 1;
        return [{ address: '8.8.8.8', family: 4 }];
      };
      expect(await refusal(`http://${name}/`, { resolve })).toBe(
        `${name.toLowerCase()} is a private name, which is not allowed`,
      );
      expect(questions).toBe(0);
    },
  );
});

describe('what is allowed', () => {
  test('an allowed origin is reached, by address and by name', async () => {
    supplier.serve('/a.jpg', Buffer.from('photo'));
    const byName = supplier.origin.replace('127.0.0.1', 'localhost');
    expect(await reasonFor(`${supplier.origin}/a.jpg`, { allowOrigins: [supplier.origin] })).toBe('answered');
    const resolve = async () => [{ address: '127.0.0.1', family: 4 }];
    expect(await reasonFor(`${byName}/a.jpg`, { allowOrigins: [`${byName}/`], resolve })).toBe('answered');
  });

  test('with private sources allowed everything on the web is reached', async () => {
    supplier.serve('/a.jpg', supplierFaults.redirect('/b.jpg'));
    supplier.serve('/b.jpg', Buffer.from('photo'));
    expect(await reasonFor(`${supplier.origin}/a.jpg`, { allowPrivate: true })).toBe('answered');
  });

  test('connect gets exactly the list that was checked, so one question is asked per connection', async () => {
    supplier.serve('/a.jpg', Buffer.from('photo'));
    let questions = 0;
    const { port } = new URL(supplier.origin);
    const resolve = async () => {
      questions++;
      return [{ address: '127.0.0.1', family: 4 }];
    };
    const url = `http://cdn.example:${port}/a.jpg`;
    expect(await reasonFor(url, { allowOrigins: [`http://cdn.example:${port}`], resolve })).toBe('answered');
    expect(questions).toBe(1);
  });

  test('a name without any address is not found', async () => {
    const resolve = async () => [];
    expect(await reasonFor('http://cdn.example/', { resolve, allowPrivate: true })).toMatchObject({
      code: 'ENOTFOUND',
    });
  });
});
