import type { FileHandle } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { briefKey } from './brief-key.ts';
import { diskPath } from './disk-path.ts';
import { createDiskTree, type OpenFile } from './disk-tree.ts';
import { errorCode } from './error-code.ts';
import { fileFailure } from './file-failure.ts';
import { signFileLink } from './file-link.ts';
import { guardedBody } from './guarded-body.ts';
import { DEFAULT_LINK_TTL_SECONDS, linkHour } from './link-lifetime.ts';
import { meteredBody } from './metered-body.ts';
import { assertObjectKey } from './object-key.ts';
import type { ObjectStore, PutOptions, StoredObject } from './object-store.ts';
import { orAborted } from './or-aborted.ts';
import { assertFits, assertRange } from './read-limits.ts';
import { readWhole } from './read-whole.ts';
import { createSidecars } from './sidecar.ts';
import { urlPath } from './url-path.ts';

/** How a file system says that there is no room. */
const FULL = ['ENOSPC', 'EDQUOT'];

export interface FileStoreConfig {
  /** Made when it is first used. Several processes may share it. */
  folder: string;
  /** Base of the links, where the API serves `/files/…`. */
  publicUrl: string;
  /** With it, links are signed and expire; the API checks them with `verifyFileLink`. */
  linkSecret?: () => Promise<string>;
  linkTtlSeconds?: number;
}

/**
 * Objects as files in a folder, each where its key says. A file is written aside, flushed to the disk, then renamed: a
 * process that is killed leaves the old object or the new one, and so does a power cut, which without the flush
 * leaves files of the right length and no content (paid pictures among them). The rename itself is not flushed: an
 * object lost with the last second before a power cut is made again.
 */
export function createFileStore(config: FileStoreConfig): ObjectStore {
  const folder = resolve(config.folder);
  const publicUrl = config.publicUrl.replace(/\/+$/, '');
  const tree = createDiskTree(folder);
  const sidecars = createSidecars(tree);
  let swept = false;
  /** Size of what a full disk refused; room for a few bytes does not mean that the next picture fits. */
  let refusedBytes = 0;

  /** Runs one operation under the promises of `ObjectStore`: prompt abort, and only `StageError` otherwise. */
  async function attempt<T>(action: string, signal: AbortSignal | undefined, work: () => Promise<T>) {
    signal?.throwIfAborted();
    try {
      return await orAborted(work(), signal);
    } catch (error) {
      signal?.throwIfAborted();
      throw fileFailure(error, action, folder);
    }
  }

  async function write(key: string, options: PutOptions, fill: (file: FileHandle) => Promise<void>) {
    await tree.write(diskPath(key), async (file) => {
      await fill(file);
      await settle(file, key, options);
    });
  }

  /** What is left to do when all bytes are in the file. */
  async function settle(file: FileHandle, key: string, { contentType, cacheControl, signal }: PutOptions) {
    await file.datasync();
    await sidecars.write(key, { contentType, ...(cacheControl === undefined ? {} : { cacheControl }) });
    signal?.throwIfAborted();
  }

  async function describe(key: string, { stats }: OpenFile): Promise<StoredObject> {
    return {
      key,
      bytes: Number(stats.size),
      // Each write makes a new inode, so two contents of one length within one clock tick differ, too.
      etag: `"${stats.size.toString(16)}-${stats.mtimeNs.toString(16)}-${stats.ino.toString(16)}"`,
      modifiedAt: stats.mtime,
      ...(await sidecars.read(key)),
    };
  }

  const linkTtlSeconds = config.linkTtlSeconds ?? DEFAULT_LINK_TTL_SECONDS;
  return {
    kind: 'file',
    ...(config.linkSecret !== undefined && { linkTtlSeconds }),

    async put(key, body, options) {
      assertObjectKey(key);
      await attempt(`write ${briefKey(key)}`, options.signal, () =>
        write(key, options, (file) => file.writeFile(body, { signal: options.signal })).catch(
          (error: unknown) => {
            if (FULL.includes(errorCode(error))) refusedBytes = Math.max(refusedBytes, body.length);
            throw error;
          },
        ),
      );
    },

    async putStream(key, body, options) {
      const metered = meteredBody(body);
      try {
        assertObjectKey(key);
        await attempt(`write ${briefKey(key)}`, options.signal, () =>
          write(key, options, async (file) => {
            for await (const chunk of metered.chunks) await file.appendFile(chunk);
          }),
        );
        return { bytes: metered.bytes };
      } catch (error) {
        options.signal?.throwIfAborted();
        throw metered.failure === undefined ? error : metered.failure.error;
      } finally {
        body.destroy();
      }
    },

    async putFile(key, path, options) {
      assertObjectKey(key);
      await attempt(`write ${briefKey(key)}`, options.signal, () =>
        tree.moveIn(diskPath(key), path, (file) => settle(file, key, options)),
      );
    },

    async get(key, { signal, maxBytes } = {}) {
      assertObjectKey(key);
      return attempt(`read ${briefKey(key)}`, signal, async () => {
        const found = await tree.open(diskPath(key));
        if (found === null) return null;
        try {
          assertFits(key, Number(found.stats.size), maxBytes);
          return await readWhole(found.file, Number(found.stats.size), signal);
        } finally {
          await found.file.close();
        }
      });
    },

    async stream(key, { signal, range } = {}) {
      assertObjectKey(key);
      const opening = attempt(`read ${briefKey(key)}`, signal, async () => {
        const found = await tree.open(diskPath(key));
        if (found === null) return null;
        try {
          signal?.throwIfAborted();
          assertRange(key, Number(found.stats.size), range);
          const stored = await describe(key, found);
          return { ...stored, body: read(key, found, { signal, range }) };
        } catch (error) {
          await found.file.close();
          throw error;
        }
      });
      return opening;
    },

    async head(key) {
      assertObjectKey(key);
      return attempt(`read ${briefKey(key)}`, undefined, async () => {
        const found = await tree.open(diskPath(key));
        return found && (await describe(key, found).finally(() => found.file.close()));
      });
    },

    async delete(key) {
      assertObjectKey(key);
      await attempt(`delete ${briefKey(key)}`, undefined, async () => {
        await tree.remove(diskPath(key));
        await sidecars.remove(key);
      });
    },

    async url(key) {
      assertObjectKey(key);
      const link = `${publicUrl}/files/${urlPath(key)}`;
      const { linkSecret } = config;
      if (linkSecret === undefined) return link;
      const secret = await linkSecret();
      const expires = linkHour().getTime() / 1000 + linkTtlSeconds;
      return `${link}?${signFileLink({ key, expires, linkSecret: secret })}`;
    },

    async expire(area, before, signal) {
      assertObjectKey(area);
      let removed = 0;
      await attempt(`clear ${area}`, signal, async () => {
        for await (const path of tree.olderThan(diskPath(area), before)) {
          signal?.throwIfAborted();
          if (!(await tree.removeOlder(path, before))) continue;
          // Working areas hold short names, which lie on the disk as they are.
          await sidecars.remove(path.split(sep).join('/'));
          removed += 1;
        }
      });
      return removed;
    },

    async check(signal) {
      await attempt('write', signal, async () => {
        const probe = join('.studio', 'check');
        if (refusedBytes > 0)
          await tree.write(probe, (file) => file.writeFile(Buffer.alloc(refusedBytes, 1)));
        await tree.write(probe, (file) => file.writeFile('writable'));
        refusedBytes = 0;
        if (!swept) await tree.sweep();
        swept = true;
      });
    },

    async close() {},
  };

  function read(
    key: string,
    { file }: OpenFile,
    options: { signal: AbortSignal | undefined; range: { start: number; end?: number } | undefined },
  ): Readable {
    return guardedBody(file.createReadStream(options.range), {
      signal: options.signal,
      toError: (error) => fileFailure(error, `read ${briefKey(key)}`, folder),
    });
  }
}
