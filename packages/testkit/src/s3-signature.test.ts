import { expect, test } from '@jest/globals';
import { faultOfSignature } from './s3-signature.ts';

/** The worked examples of AWS's documentation ("Signature Calculations", "Query Parameters"). */
const credentials = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
const nowMs = Date.parse('2013-05-24T00:05:00Z');
const scope = 'AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request';
const signed = {
  method: 'GET',
  url: '/test.txt',
  body: Buffer.alloc(0),
  headers: {
    host: 'examplebucket.s3.amazonaws.com',
    range: 'bytes=0-9',
    'x-amz-content-sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    'x-amz-date': '20130524T000000Z',
    authorization: `AWS4-HMAC-SHA256 Credential=${scope},SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41`,
  },
};
const presigned = {
  method: 'GET',
  url: `/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${encodeURIComponent(scope)}&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404`,
  body: Buffer.alloc(0),
  headers: { host: 'examplebucket.s3.amazonaws.com' },
};

test("AWS's own examples are in order", () => {
  expect(faultOfSignature(signed, credentials, nowMs)).toBeNull();
  expect(faultOfSignature(presigned, credentials, nowMs)).toBeNull();
});

test('whatever was altered is found', () => {
  const fault = (change: Partial<typeof signed>) =>
    faultOfSignature({ ...signed, ...change }, credentials, nowMs);
  expect(fault({ url: '/other.txt' })).toBe('SignatureDoesNotMatch');
  expect(fault({ url: '/test.txt?acl' })).toBe('SignatureDoesNotMatch');
  expect(fault({ method: 'DELETE' })).toBe('SignatureDoesNotMatch');
  expect(fault({ headers: { ...signed.headers, range: 'bytes=0-99' } })).toBe('SignatureDoesNotMatch');
  expect(fault({ body: Buffer.from('altered') })).toBe('XAmzContentSHA256Mismatch');
  expect(fault({ headers: { ...signed.headers, authorization: '' } })).toBe('AccessDenied');
});

test('another key, another secret, another time are told apart', () => {
  const other = { ...credentials, accessKeyId: 'AKIDOTHER' };
  expect(faultOfSignature(signed, other, nowMs)).toBe('InvalidAccessKeyId');
  const wrong = { ...credentials, secretAccessKey: 'wrong' };
  expect(faultOfSignature(signed, wrong, nowMs)).toBe('SignatureDoesNotMatch');
  expect(faultOfSignature(signed, credentials, nowMs + 3_600_000)).toBe('RequestTimeTooSkewed');
  expect(faultOfSignature(presigned, credentials, nowMs + 23 * 3_600_000)).toBeNull();
  expect(faultOfSignature(presigned, credentials, nowMs + 24 * 3_600_000)).toBe('AccessDenied');
});
