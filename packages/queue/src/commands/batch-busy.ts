/** A control that the batch's state does not allow, e.g. a `DELETE` while it runs. */
export class BatchBusy extends Error {
  override readonly name = 'BatchBusy';
}
