/** Whether an address names a photo that a client has uploaded (`photo:<sha256>`): it says nothing about its name. */
export function isUploaded(url: string): boolean {
  return url.startsWith('photo:');
}
