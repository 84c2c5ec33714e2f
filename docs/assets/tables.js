"use strict";

/** Lets tables that scroll sideways be scrolled by keyboard too. */
function makeTablesFocusable() {
  for (const box of document.querySelectorAll(".md-typeset__scrollwrap")) {
    if (box.scrollWidth > box.clientWidth) {
      box.tabIndex = 0;
      box.setAttribute("role", "region");
      box.setAttribute("aria-label", "Table");
    }
  }
}

window.addEventListener("load", makeTablesFocusable);
window.addEventListener("resize", makeTablesFocusable);
