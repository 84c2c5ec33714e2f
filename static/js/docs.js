"use strict";
// Readable API docs. No validator badge: it would ask another host.
const place = document.getElementById("docs");
window.SwaggerUIBundle({
  domNode: place,
  url: place.dataset.description,
  validatorUrl: null,
  deepLinking: true,
  docExpansion: "list",
});
