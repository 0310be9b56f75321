/** The version of this package. It stands in the login, as `Parley-<version>`. */
export const VERSION = '0.1.0';
