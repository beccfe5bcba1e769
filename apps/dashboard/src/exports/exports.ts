/** `GET /batches/:id/exports`. */
export interface Exports {
  dialect: string | null;
  formats: ExportFormat[];
  links: { expiresAt: string | null; isPublic: boolean; host: string; message: string };
}

export interface ExportFormat {
  for: string;
  label: string;
  format: 'csv' | 'tsv';
  isOwn: boolean;
  url: string;
}

/** `/batches/:id/feed`. */
export interface FeedState {
  name: string;
  url: string | null;
  madeAt: string | null;
}
