/** Of the API: the operator's, those of the tenant that attacks, that of the one that works. */
export const KEYS = {
  fleet: 'fleet-key-of-neighbours',
  acme: 'acme-admin-key-of-neighbours',
  acmeViewer: 'acme-viewer-key-of-neighbours',
  beta: 'beta-admin-key-of-neighbours',
} as const;
