import { S3ServiceException } from '@aws-sdk/client-s3';
import { parseUrl, StageError, say } from '@image-studio/contract';
import { errorCode } from './error-code.ts';
import { errorMessage } from './error-message.ts';
import type { S3StoreConfig } from './s3-config.ts';

/** What S3 (or the way to it) answered, in words that say what to do; by the SDK's or the system's error name. */
const REASONS: Record<string, string> = {
  NoSuchBucket: 'the bucket does not exist there',
  InvalidAccessKeyId: 'the access key id is not known there (S3_ACCESS_KEY_ID)',
  SignatureDoesNotMatch: 'the secret key does not belong to the access key id (S3_SECRET_ACCESS_KEY)',
  AccessDenied: 'the access key has no permission',
  Forbidden: 'the access key has no permission',
  CredentialsProviderError: 'no access key is configured (S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY)',
  RequestTimeTooSkewed: "this machine's clock differs too much from the server's",
  AuthorizationHeaderMalformed: 'the bucket is in another region (S3_REGION)',
  PermanentRedirect: 'the bucket is in another region (S3_REGION)',
  SlowDown: 'the server asks to slow down',
  ServiceUnavailable: 'the server is overloaded',
  InternalError: 'the server has an internal error',
  TimeoutError: 'the server did not answer in time',
  ECONNREFUSED: 'nothing listens at that address',
  ECONNRESET: 'the connection was lost',
  EPIPE: 'the connection was lost',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name could not be looked up',
  QuotaExceeded: 'the storage quota is used up',
};

/** Answers to HEAD have no body and so no name. */
const NAMES_OF_STATUS: Record<number, string> = {
  301: 'PermanentRedirect',
  403: 'AccessDenied',
  500: 'InternalError',
  503: 'ServiceUnavailable',
};

/**
 * What the SDK threw, as the store's failure: names bucket, host and reason. The SDK's own error stays out of it, also
 * as a cause: its fields hold the request with its signature, and servers echo the access key back.
 */
export function s3Failure(error: unknown, action: string, config: S3StoreConfig): StageError {
  if (error instanceof StageError) return error;
  const said = withoutSecrets(errorMessage(error), config);
  const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
  const name = nameOf(error, status);
  const facts = [name, status].filter((fact) => fact !== undefined).join(' ');
  const reason = REASONS[name] ?? (said || 'no reason given');
  const host = hostOf(config);
  return new StageError(
    'STORE_UNAVAILABLE',
    say`cannot ${action} in bucket ${config.bucket} at ${host}: ${reason} (${facts})`,
    { verdict: 'retry', cause: new Error(`${facts}: ${said}${requestIdOf(error)}`) },
  );
}

/** System errors go by their `code`: the SDK calls a lost connection a TimeoutError. S3's go by the name it gave. */
function nameOf(error: unknown, status: number | undefined): string {
  // An error of another realm (a test runner's sandbox) is only quoted in the message of the SDK's own.
  const code = errorCode(error) || (/\bE[A-Z_]{4,}\b/.exec(errorMessage(error))?.[0] ?? '');
  if (code in REASONS) return code;
  const name = typeof error === 'object' && error !== null && 'name' in error ? String(error.name) : '';
  if (name in REASONS) return name;
  return NAMES_OF_STATUS[status ?? 0] ?? (code || name || 'Error');
}

function requestIdOf(error: unknown): string {
  const id = error instanceof S3ServiceException ? error.$metadata.requestId : undefined;
  return id === undefined ? '' : ` (request ${id})`;
}

function hostOf({ endpoint }: S3StoreConfig): string {
  return parseUrl(endpoint ?? '')?.host ?? 'AWS';
}

function withoutSecrets(text: string, { accessKeyId, secretAccessKey }: S3StoreConfig): string {
  return [accessKeyId, secretAccessKey]
    .filter((secret) => secret !== undefined && secret !== '')
    .reduce<string>((cleaned, secret) => cleaned.replaceAll(String(secret), '***'), text);
}
