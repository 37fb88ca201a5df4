// How commands reach the gate of this user.

import { checkInstallation, findHome, installationAt, type Installation } from "../gate/installation.ts";

/** The user's installation, which must be there and whole. */
export function requireInstallation(): Installation {
  const installation = userInstallation();
  checkInstallation(installation);
  return installation;
}

/** Where the user's installation is or would be. */
export function userInstallation(): Installation {
  return installationAt(findHome(process.env));
}
