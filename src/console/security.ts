import { secureHeaders } from "hono/secure-headers";

/**
 * What a page may do: show our own style sheet and icon, and send our own forms here. There is no script, and none may
 * run. `same-origin` and not `no-referrer`, under which browsers send their forms with `Origin: null`.
 */
export const lockedDown = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'"],
    formAction: ["'self'"],
    baseUri: ["'none'"],
    frameAncestors: ["'none'"],
  },
  referrerPolicy: "same-origin",
  xFrameOptions: "DENY",
  strictTransportSecurity: "max-age=15552000", // of this host alone: what lies below it is not ours to decide
  permissionsPolicy: { camera: false, geolocation: false, microphone: false, payment: false, usb: false },
});
