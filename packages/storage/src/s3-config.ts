/** Where the bucket is and how long to wait for it. */
export interface S3StoreConfig {
  bucket: string;
  /** R2, SeaweedFS, … ; without it, AWS. */
  endpoint?: string;
  /** `auto` is R2's word; AWS wants a real region, and gets `us-east-1` for it. */
  region: string;
  /** Without keys, the SDK looks where AWS puts them (role of the instance or pod, `~/.aws`). */
  accessKeyId?: string;
  secretAccessKey?: string;
  /** `endpoint/bucket/key` instead of `bucket.endpoint/key`. */
  forcePathStyle: boolean;
  /** Base of public links to the bucket (a CDN, an r2.dev address). Without it, links are signed and expire. */
  publicUrl?: string;
  /** The address at which browsers reach the server, where it is another than `endpoint`: signed links are for it. */
  browserEndpoint?: string;
  linkTtlSeconds?: number;
  /** `required`: only where S3 demands one (default). `always`: CRC32 with every object, which not every server takes. */
  checksums?: 'required' | 'always';
  /** Time to connect; default 5,000. */
  connectTimeoutMs?: number;
  /** Time from sending a request to the first byte of its answer, and longest pause in a body; default 60,000. */
  requestTimeoutMs?: number;
  /** Tries of one request on 5xx, SlowDown, timeouts and lost connections, and of a body that breaks off; default 3. */
  maxAttempts?: number;
}
