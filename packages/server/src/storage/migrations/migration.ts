/** One step of the schema. A step that was released is never changed; the next one gets the next number. */
export type Migration = { readonly number: number; readonly name: string; readonly sql: string };
