"""When a page has drawn what it was asked to draw."""

FRAMES = """count => new Promise(done => {
  const next = left => left ? requestAnimationFrame(() => next(left - 1)) : done();
  next(count);
})"""


def settle(page, frames=4):
    """Let a page draw: what comes into view is noticed in one frame, told in the next and drawn in the one after."""
    page.evaluate(FRAMES, frames)
