import { describe, expect, test } from '@jest/globals';
import { authenticate } from './authenticate.ts';
import { authenticateBasic } from './authenticate-basic.ts';
import { authorize } from './authorize.ts';
import { createKeyRing } from './key-ring.ts';

const ring = createKeyRing([
  { role: 'viewer', tenant: 'acme', key: 'look-only' },
  { role: 'admin', tenant: 'default', key: 'all:of@it' },
]);

describe('keys', () => {
  test('a bearer key is known by its role and tenant', () => {
    expect(authenticate(ring, { authorization: 'Bearer look-only' })).toEqual({
      role: 'viewer',
      tenant: 'acme',
      keyId: 'b46133fc',
    });
    expect(authenticate(ring, { authorization: 'bearer all:of@it' })).toEqual({
      role: 'admin',
      tenant: 'default',
      keyId: expect.stringMatching(/^[0-9a-f]{8}$/),
    });
  });

  test.each([
    {},
    { authorization: 'Bearer look-onl' },
    { authorization: 'Basic bG9vay1vbmx5' },
    { authorization: 'look-only' },
  ])('headers %j are refused with 401 and a challenge', (headers) => {
    expect(() => authenticate(ring, headers)).toThrow(
      expect.objectContaining({
        status: 401,
        headers: { 'www-authenticate': expect.stringContaining('Bearer') },
      }),
    );
  });

  test('for pages, the key may be the password of HTTP Basic, colons and all', () => {
    const authorization = `Basic ${Buffer.from('anyone:all:of@it').toString('base64')}`;
    expect(authenticateBasic(ring, { authorization })).toMatchObject({ role: 'admin' });
    expect(authenticateBasic(ring, { authorization: 'Bearer look-only' })).toMatchObject({ role: 'viewer' });
    expect(() => authenticateBasic(ring, {})).toThrow(
      expect.objectContaining({
        status: 401,
        headers: { 'www-authenticate': expect.stringContaining('Basic') },
      }),
    );
  });

  test('without keys everybody is the admin', () => {
    expect(authenticate(createKeyRing([]), {})).toMatchObject({ role: 'admin', tenant: 'default' });
  });
});

describe('roles', () => {
  test('a viewer may not operate, an operator may not administer, an admin may do all', () => {
    const as = (role: 'viewer' | 'operator' | 'admin') => ({ role, tenant: 'default', keyId: 'none' });
    expect(() => authorize(as('viewer'), { role: 'viewer' })).not.toThrow();
    expect(() => authorize(as('viewer'), { role: 'operator' })).toThrow('role operator');
    expect(() => authorize(as('operator'), { role: 'admin' })).toThrow('role admin');
    expect(() => authorize(as('admin'), { role: 'operator', fleet: true })).not.toThrow();
  });

  test("what concerns the fleet is not for another tenant's admin", () => {
    expect(() =>
      authorize({ role: 'admin', tenant: 'acme', keyId: 'none' }, { role: 'viewer', fleet: true }),
    ).toThrow('whole fleet');
  });
});

describe('a ticket', () => {
  const viewer = createKeyRing([{ role: 'viewer', tenant: 'default', key: 'look-only' }]);
  const keyId = viewer.principalOf('look-only')?.keyId ?? '';
  const ticket = viewer.ticketFor(keyId, 2000) ?? '';

  test('stands for its key until it runs out, at every replica', () => {
    const other = createKeyRing([{ role: 'viewer', tenant: 'default', key: 'look-only' }]);
    expect(other.principalOfTicket(ticket, 1999)?.keyId).toBe(keyId);
    expect(other.principalOfTicket(ticket, 2000)).toBeNull();
    const headers = { cookie: `a=b; image-studio-ticket=${viewer.ticketFor(keyId, Date.now() + 60_000)}` };
    expect(authenticateBasic(other, headers).keyId).toBe(keyId);
  });

  test('is worth nothing when it was changed, or when the key has gone', () => {
    for (const wrong of ['', 'x', ticket.replace('2000', '9000'), `${ticket}x`, ticket.slice(0, -1)]) {
      expect(viewer.principalOfTicket(wrong, 1)).toBeNull();
    }
    expect(
      createKeyRing([{ role: 'admin', tenant: 'default', key: 'another' }]).principalOfTicket(ticket, 1),
    ).toBeNull();
    expect(createKeyRing([]).ticketFor(keyId, 2000)).toBeNull();
  });
});
