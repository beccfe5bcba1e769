import { GetObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';

/** What a server of one's own is in when it does not say (MinIO, Swift, VersityGW and others). */
const USUAL_REGION = 'us-east-1';

/** The region that requests are signed for. */
export interface SigningRegion {
  current: string;
  /** Whether the server has answered to it, or named it. */
  sure: boolean;
}

/**
 * Makes `client` sign for the region that the server says is its own: many take no other, and nobody who runs a server
 * at home thinks of it as being in one. A request that was refused for its region is sent again with the right one; the
 * refusal of a HEAD has no words, so `probe` is read to hear them.
 */
export function learnRegion(client: S3Client, region: SigningRegion, probe: { Bucket: string; Key: string }) {
  client.middlewareStack.add(
    (next) => async (args) => {
      const signedFor = region.current;
      try {
        const answer = await next(args);
        region.sure = true;
        return answer;
      } catch (error) {
        // Who says that something is not there has taken the signature.
        if (statusOf(error) === 404) region.sure = true;
        if (region.sure && region.current === signedFor) throw error;
        const named = regionIn(error);
        if (named !== undefined && named !== signedFor) region.current = named;
        else if (isWordless(error)) await client.send(new GetObjectCommand(probe)).catch(() => {});
        if (region.current === signedFor) throw error;
        return next(args);
      }
    },
    { step: 'initialize', name: 'learnRegion' },
  );
}

function regionIn(error: unknown): string | undefined {
  if (!(error instanceof S3ServiceException) || !REFUSALS.has(error.name)) return undefined;
  if ('Region' in error && typeof error.Region === 'string' && error.Region !== '') return error.Region;
  // "expecting 'x'", or the scope that a signature should have had: "…/x/s3/aws4_request".
  const said =
    /expect[^']*'([\w-]+)'/.exec(error.message) ?? /\/([\w-]+)\/s3\/aws4_request\W*$/.exec(error.message);
  return said?.[1] ?? USUAL_REGION;
}

const REFUSALS = new Set([
  'AuthorizationHeaderMalformed',
  'AuthorizationQueryParametersError',
  'PermanentRedirect',
]);

/** An answer to HEAD that may have meant the region. */
function isWordless(error: unknown): boolean {
  const status = statusOf(error);
  const isNamed = error instanceof S3ServiceException && error.name !== 'Unknown' && error.name !== '400';
  return (status === 400 || status === 301) && !isNamed;
}

function statusOf(error: unknown): number | undefined {
  return error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
}
