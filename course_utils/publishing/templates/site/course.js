// What is wider than the page and scrolls can be reached, and scrolled, by keyboard.
function reachScrolling() {
  for (const region of document.querySelectorAll("article :is(pre, .cell_output, table, .table-wrapper)"))
    if (region.scrollWidth > region.clientWidth) region.tabIndex = 0;
}
addEventListener("load", reachScrolling);
addEventListener("resize", reachScrolling);
