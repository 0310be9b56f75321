/**
 * SQL that gives the elements of the array parameters from `$first` on as rows.
 *
 * The subselects hide the arrays from the planner. If it saw how short they are, a plan made for them alone would always
 * look cheaper than the prepared one, and small batches would be planned anew each time, for twice the cost of running.
 */
export function unnest(types: readonly string[], first = 1): string {
  return `unnest(${types.map((type, index) => `(select $${first + index}::${type}[])`).join(', ')})`;
}
