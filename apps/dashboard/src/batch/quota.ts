/** What `GET /quota` answers, as far as a batch's page shows it. */
export interface Quota {
  callsPerMinute: number;
  callsLastMinute: number;
}
