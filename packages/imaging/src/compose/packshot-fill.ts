/** Share of its frame that the local engine's product fills, as every profile asks. */
export const PACKSHOT_FILL = 0.85;
