import type { Handlers } from '../server-gate/handler.ts';
import type { ClientHandlers } from './client-handler.ts';

/** Methods that do on the client gate what they do on the server gate, with the caller as the user. */
type Methods =
  | 'getonlineusers'
  | 'setuserinfo'
  | 'getuserinfo'
  | 'getuseropeninfo'
  | 'addfriends'
  | 'delfriends'
  | 'getfriends'
  | 'addblacks'
  | 'delblacks'
  | 'getblacks'
  | 'dataset'
  | 'dataget'
  | 'datadel'
  | 'adddevice'
  | 'removedevice'
  | 'addoption'
  | 'removeoption'
  | 'getoption';

/** @param server - The handlers of the server gate, which name the user in a parameter. */
export function ownHandlers(server: Handlers<Methods>): ClientHandlers<Methods> {
  return {
    getonlineusers: ({ project }, params) => server.getonlineusers(project, params),
    getuseropeninfo: ({ project }, params) => server.getuseropeninfo(project, params),
    setuserinfo: ({ project, uid }, params) => server.setuserinfo(project, { ...params, uid }),
    getuserinfo: ({ project, uid }) => server.getuserinfo(project, { uid }),
    addfriends: ({ project, uid }, params) => server.addfriends(project, { ...params, uid }),
    delfriends: ({ project, uid }, params) => server.delfriends(project, { ...params, uid }),
    getfriends: ({ project, uid }) => server.getfriends(project, { uid }),
    addblacks: ({ project, uid }, params) => server.addblacks(project, { ...params, uid }),
    delblacks: ({ project, uid }, params) => server.delblacks(project, { ...params, uid }),
    getblacks: ({ project, uid }) => server.getblacks(project, { uid }),
    dataset: ({ project, uid }, params) => server.dataset(project, { ...params, uid }),
    dataget: ({ project, uid }, params) => server.dataget(project, { ...params, uid }),
    datadel: ({ project, uid }, params) => server.datadel(project, { ...params, uid }),
    adddevice: ({ project, uid }, params) => server.adddevice(project, { ...params, uid }),
    removedevice: ({ project, uid }, params) => server.removedevice(project, { ...params, uid }),
    addoption: ({ project, uid }, params) => server.addoption(project, { ...params, uid }),
    removeoption: ({ project, uid }, params) => server.removeoption(project, { ...params, uid }),
    getoption: ({ project, uid }) => server.getoption(project, { uid }),
  };
}
