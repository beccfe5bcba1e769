import type { Database } from '../redis/database.ts';
import { findUploads, forgetUpload, noteUpload, type Upload, uploadedBytes } from './uploads.ts';

/** What is known of the photos that tenants have uploaded. */
export interface Uploads {
  /** Notes a photo that a tenant has uploaded; the same twice is noted once. */
  noteUpload(tenant: string, upload: Upload): Promise<void>;
  /** Uploaded photos of a tenant by their digests, in the order asked; `null` for those that it has not. */
  findUploads(tenant: string, digests: readonly string[]): Promise<(Upload | null)[]>;
  /** Forgets one uploaded photo; one that is not known is fine. */
  forgetUpload(tenant: string, sha256: string): Promise<void>;
  /** Bytes of all photos that a tenant has uploaded. */
  uploadedBytes(tenant: string): Promise<number>;
}

export function createUploads(db: Database): Uploads {
  return {
    noteUpload: (tenant, upload) => noteUpload(db, tenant, upload),
    findUploads: (tenant, digests) => findUploads(db, tenant, digests),
    forgetUpload: (tenant, sha256) => forgetUpload(db, tenant, sha256),
    uploadedBytes: (tenant) => uploadedBytes(db, tenant),
  };
}
