/** The `cmd` of filetoken on the client gate: the method of the file gate that the token is good for. */
export const FILE_COMMANDS = ['sendfile', 'sendgroupfile', 'sendroomfile', 'uploadfile'] as const;

export type FileCommand = (typeof FILE_COMMANDS)[number];
