import { describe, expect, test } from '@jest/globals';
import { addressFault } from './address-fault.ts';

describe('addresses that are not fetched from', () => {
  test.each([
    ['0.0.0.0', 'unspecified'],
    ['0.1.2.3', 'unspecified'],
    ['127.0.0.1', 'loopback'],
    ['127.255.0.9', 'loopback'],
    ['10.1.2.3', 'private'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['192.168.1.1', 'private'],
    ['169.254.169.254', 'link local'],
    ['100.64.0.1', 'carrier grade nat'],
    ['100.100.100.200', 'carrier grade nat'],
    ['192.0.0.192', 'reserved'],
    ['192.0.2.1', 'reserved'],
    ['198.18.0.1', 'reserved'],
    ['198.51.100.1', 'reserved'],
    ['203.0.113.1', 'reserved'],
    ['224.0.0.1', 'multicast'],
    ['240.0.0.1', 'reserved'],
    ['255.255.255.255', 'broadcast'],
    ['168.63.129.16', 'cloud-internal'],
    ['::', 'unspecified'],
    ['::1', 'loopback'],
    ['fe80::1', 'link local'],
    ['fec0::1', 'deprecated site local'],
    ['fc00::1', 'unique local'],
    ['fd00:ec2::254', 'unique local'],
    ['ff02::1', 'multicast'],
    ['2001:db8::1', 'reserved'],
    ['3fff::1', 'reserved'],
    ['100::1', 'discard'],
    ['4000::1', 'reserved'],
  ])('%s is %s', (address, fault) => {
    expect(addressFault(address)).toBe(fault);
  });

  test.each([
    ['IPv4-mapped', '::ffff:127.0.0.1'],
    ['IPv4-mapped, hexadecimal', '::ffff:7f00:1'],
    ['IPv4-compatible', '::7f00:1'],
    ['IPv4-translated', '::ffff:0:127.0.0.1'],
    ['6to4', '2002:7f00:1::'],
    ['NAT64', '64:ff9b::7f00:1'],
    ['NAT64 for local use', '64:ff9b:1::7f00:1'],
    ['Teredo', '2001:0:4136:e378:8000:63bf:80ff:fffe'],
    ['ISATAP in a public prefix', '2a00:1450:4001:82b:0:5efe:7f00:1'],
    ['ISATAP with the global bit', '2a00:1450:4001:82b:200:5efe:7f00:1'],
  ])('a loopback address inside %s is refused', (_, address) => {
    expect(addressFault(address)).toEqual(expect.any(String));
  });

  test.each([
    '8.8.8.8',
    '1.1.1.1',
    '172.15.0.1',
    '172.32.0.1',
    '100.63.0.1',
    '100.128.0.1',
    '::ffff:8.8.8.8',
  ])('%s is public', (address) => expect(addressFault(address)).toBeUndefined());

  test.each(['2606:4700:4700::1111', '2a00:1450:4001:82b::200e', '2400:cb00:2048:1::c629:d7a2'])(
    '%s is public',
    (address) => expect(addressFault(address)).toBeUndefined(),
  );

  test('a text that is no address is refused', () => {
    expect(addressFault('example.com')).toBe('not an IP address');
  });
});
