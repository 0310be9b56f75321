import { compileIdList, compileIdMap, compileMtypeList, compileTextList, compileTextMap } from './check-collection.ts';
import {
  compileBytes,
  compileChoice,
  compileFlag,
  compileId,
  compileInt,
  compileTime,
  compileWord,
  type FieldCheck,
} from './check-scalar.ts';
import type { ParamField } from './fields.ts';
import type { GateRules } from './gates.ts';

/** The check of one declared parameter. */
export function compileFieldCheck(param: string, field: ParamField, rules: GateRules): FieldCheck {
  switch (field.kind) {
    case 'id':
      return compileId(param, field, rules);
    case 'time':
      return compileTime(param, field);
    case 'int':
      return compileInt(param, field);
    case 'choice':
      return compileChoice(param, field);
    case 'flag':
      return compileFlag(param, field);
    case 'text':
    case 'body':
    case 'bytes':
      return compileBytes(param, field);
    case 'word':
      return compileWord(param, field);
    case 'idList':
      return compileIdList(param, field, rules);
    case 'mtypeList':
      return compileMtypeList(param, field);
    case 'list':
      return compileTextList(param, field);
    case 'idMap':
      return compileIdMap(param, field);
    case 'textMap':
      return compileTextMap(param, field);
  }
}
