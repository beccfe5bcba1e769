import { createCA, createCert } from 'mkcert';

/** A certificate and its private key, as PEM texts. */
export interface Certificate {
  cert: string;
  key: string;
}

/** An authority that only tests trust. */
export interface Authority {
  /** PEM text of its own certificate. */
  ca: string;
  /** For servers and clients alike; names are host names or addresses. */
  issue(...names: string[]): Promise<Certificate>;
}

const DAYS = 2;

export async function createAuthority(): Promise<Authority> {
  const ca = await createCA({
    organization: 'Image Studio tests',
    countryCode: 'XX',
    state: 'none',
    locality: 'none',
    validity: DAYS,
  });
  return { ca: ca.cert, issue: (...domains) => createCert({ ca, domains, validity: DAYS }) };
}
