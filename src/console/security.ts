import { secureHeaders } from "hono/secure-headers";

const PAGE = {
  defaultSrc: ["'none'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'"],
  formAction: ["'self'"],
  baseUri: ["'none'"],
  frameAncestors: ["'none'"],
};

/**
 * What a page may do: show our own style sheet and icon, and send our own forms here. There is no script, and none may
 * run. `same-origin` and not `no-referrer`, under which browsers send their forms with `Origin: null`.
 */
export const lockedDown = headersWith(PAGE);

/** The reference's page may also run our own scripts, ask our own API, and show the pictures that its style sheet holds. */
export const lockedDownButForScripts = headersWith({
  ...PAGE,
  scriptSrc: ["'self'"],
  connectSrc: ["'self'"],
  imgSrc: ["'self'", "data:"],
});

function headersWith(contentSecurityPolicy: Record<string, string[]>) {
  return secureHeaders({
    contentSecurityPolicy,
    referrerPolicy: "same-origin",
    xFrameOptions: "DENY",
    strictTransportSecurity: "max-age=15552000", // of this host alone: what lies below it is not ours to decide
    permissionsPolicy: { camera: false, geolocation: false, microphone: false, payment: false, usb: false },
  });
}
