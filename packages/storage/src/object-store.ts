import type { Readable } from 'node:stream';

/** What the store knows of an object besides its bytes. */
export interface StoredObject {
  key: string;
  /** Size of the whole object, also when only a range of it is read. */
  bytes: number;
  contentType: string;
  /** In double quotes, ready for an `ETag` header. Changes whenever the bytes do. */
  etag: string;
  cacheControl?: string;
  modifiedAt: Date;
}

export interface PutOptions {
  contentType: string;
  cacheControl?: string;
  signal?: AbortSignal;
}

/** Bytes `start` to `end`, both included, counted from 0; without `end`, to the end of the object. */
export interface ByteRange {
  start: number;
  end?: number;
}

/**
 * Where pictures and manifests live. Keys are strings of 1–1024 bytes, see `ObjectKey`.
 *
 * Every method rejects with `StageError` STORE_UNAVAILABLE (verdict `retry`) when the store fails, and with the
 * signal's own reason, at once, when its signal fires. A key that no object can have is a programming error:
 * `StageError` INTERNAL, verdict `fail`.
 */
export interface ObjectStore {
  readonly kind: 'file' | 's3';
  /** How long a link holds, counted from the beginning of the hour; absent: for good. */
  readonly linkTtlSeconds?: number;
  /** Whole or not at all: a reader sees the old object or the new one. The same key twice is harmless. */
  put(key: string, body: Buffer, options: PutOptions): Promise<void>;
  /**
   * For bodies of unknown length (manifests, zips). The object appears when the last byte is stored. When `body`
   * itself fails, nothing appears and its error is passed on as it is.
   */
  putStream(key: string, body: Readable, options: PutOptions): Promise<{ bytes: number }>;
  /**
   * For a file that is whole and that nobody else needs: it may be gone afterwards, also when this rejects. The file store moves
   * it where it lies on the same disk, which spares reading and writing it once more.
   */
  putFile(key: string, path: string, options: PutOptions): Promise<void>;
  /** `null`: no such object. An object over `maxBytes` is refused (verdict `fail`) before it is read. */
  get(key: string, options?: { signal?: AbortSignal; maxBytes?: number }): Promise<Buffer | null>;
  /**
   * `null`: no such object. The caller reads `body` to its end or destroys it. A range that starts beyond the
   * object's last byte rejects with verdict `fail`; one that ends beyond it is cut.
   */
  stream(
    key: string,
    options?: { signal?: AbortSignal; range?: ByteRange },
  ): Promise<(StoredObject & { body: Readable }) | null>;
  /** `null`: no such object. */
  head(key: string): Promise<StoredObject | null>;
  /** An object that is not there is fine. */
  delete(key: string): Promise<void>;
  /**
   * A link that a client can open. It is not checked whether the object exists. Links that expire are the same for
   * an hour at a time, so that browsers can cache what they show.
   */
  url(key: string): Promise<string>;
  /**
   * Deletes the objects directly below `area` (`inputs`, `ai`) that were last written before `before`; returns how many.
   * One at a time, safe beside other processes that do the same or write. Only the file store does this: a bucket has
   * lifecycle rules.
   */
  expire?(area: string, before: Date, signal?: AbortSignal): Promise<number>;
  /** Resolves when objects can be written; otherwise rejects, naming bucket or folder and the reason. */
  check(signal?: AbortSignal): Promise<void>;
  /** Waits for clean-ups under way, then lets go of all connections. */
  close(): Promise<void>;
}
