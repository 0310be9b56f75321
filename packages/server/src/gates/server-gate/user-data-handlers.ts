import { RawString } from '@parley/fpnn';
import type { UserDataService } from '../../user-data/user-data-service.ts';
import { type Handlers, NOTHING } from './handler.ts';

type Methods = 'dataget' | 'dataset' | 'datadel';

export function userDataHandlers(data: UserDataService): Handlers<Methods> {
  return {
    dataget: async (project, { uid, key }) => {
      const val = await data.get(project, uid, key.bytes);
      return { val: val && new RawString(val) };
    },
    dataset: async (project, { uid, key, val }) => {
      await data.set(project, uid, key.bytes, val.bytes);
      return NOTHING;
    },
    datadel: async (project, { uid, key }) => {
      await data.delete(project, uid, key.bytes);
      return NOTHING;
    },
  };
}
