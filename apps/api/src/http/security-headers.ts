import type { RequestHandler } from 'express';
import helmet from 'helmet';

/**
 * Headers for the dashboard and the API. Everything comes from this origin, except pictures, which may lie in a
 * bucket: `imageOrigins` are its addresses.
 */
export function securityHeaders(options: {
  imageOrigins: readonly string[];
  isHttps: boolean;
}): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        // Style attributes set from scripts are free of this; style elements (docs, Bull Board) are not.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:', 'blob:', ...options.imageOrigins],
        fontSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        manifestSrc: ["'self'"],
        workerSrc: ["'self'", 'blob:'],
        formAction: ["'self'"],
        baseUri: ["'self'"],
        frameAncestors: ["'none'"],
        objectSrc: ["'none'"],
      },
    },
    strictTransportSecurity: options.isHttps,
  });
}
