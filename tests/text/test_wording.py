import tomllib
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dance_xai.text.form import base
from dance_xai.text.lexicon import word_list
from dance_xai.text.naming import ClassNames, class_words
from dance_xai.text.nouns import head, is_place, noun_parts
from dance_xai.text.wording import (
    BODY_PART,
    CAMERA,
    CLASS_NAME,
    MOVEMENT,
    SENTENCE,
    TOO_LONG,
    TOO_SHORT,
    VAGUE,
    judge_length,
    judge_wording,
)

PENN = (
    "baseball_pitch baseball_swing bench_press bowl clean_and_jerk golf_swing jump_rope jumping_jacks pullup pushup "
    "situp squat strum_guitar tennis_forehand tennis_serve"
).split()
NAMES = ClassNames.of(PENN)

GOOD = """
baseball bat; baseball glove; a pitcher's mound; baseball uniform; batting helmet; batting cage; pitching
rubber; batting gloves; tennis racket; tennis racquet; tennis court; tennis net; tennis ball; tennis shoes; clay
tennis court; golf club; golf ball; golf course; golf course rough; putting green; driving range; bowling ball;
bowling lane; bowling pins; bowling shoes; bowling alley; ball return machine; pull-up bar; push-up bars or
handles; squat rack; bench press bench; sit-up bench; jump rope; pink jump rope; skipping rope; jumping rope;
acoustic guitar; guitar strap; a guitar pick; guitar neck; strumming pick; leg press machine; Smith machine;
barbell collars or clamps; safety collars or clips; knee sleeves or knee wraps; wrist wraps; weight plates;
weightlifting belt; weightlifting platform; lifting straps; gym floor; running shoes; running track; climbing
wall; swimming pool; chewing gum; sewing machine; diving board; rowing machine; rowing boat; walking stick;
hiking trail; fishing rod; boxing gloves; boxing ring; punching bag; riding boots; cutting board; frying pan;
shaving cream; washing machine; dining table; living room; parking lot; building; brick building; railing; metal
railing; white clothing; wedding ring; string; ceiling; painting; court markings; folding chair; rocking chair;
swinging door; sliding door; standing desk; playing field; playing cards; carrying case; spinning wheel; arm
chair; armchair; handbag; hand rail; headband; hand towel; knee pad; basketball hoop; elbow pads; shoulder bag;
ankle weights; wristband; hip pads; table leg; chair leg; clock face; rock face; drum head; body of water;
footstool; finger tape; eye shadow; toothbrush; nail polish; player; man; woman in a red dress; referee; crowd;
spectators; coach; swimming coach; dancing partner; boxing opponent; opponent; group of people; marching band;
dog; race horse; dog walking path; horse riding arena; pair of scissors; campfire setting; campfire; field of
grass; glass of water; bottle of water; porch swing; playground swing; swing set; tire swing; ski lift; chair
lift; ocean wave; bread roll; camera; video camera; television screen; throw pillow; kick drum; dance floor;
dance studio; throwing circle; throwing axe; kicking tee; jump box; wood plank; stair steps; soccer pitch; bow
and arrow; sports equipment; gym equipment; open space in a park; coffee shop; backyard; Beach sand; hand grips;
foot bridge; women's running shoes; men's boxing gloves; kids swimming pool; running water; rushing river;
walking and biking path; crashing waves; trash can; falling snow; moving clouds;
cheering crowd; seated spectators; standing audience;
student sports hall; human being; flying kite; stepping stone; human statue; red cap; black leggings; stocking;
earring; training partner; hand weights; personal training session; boot camp class; home gym; treadmill; yoga
mat; on-deck circle; floor-to-ceiling window; heads-up display; guitar amplifier
"""
BAD = {
    CLASS_NAME: """
pull-up; pull-ups; Pull Ups; pulling up; pullup; chin-up; chin ups; push-ups; press-up; perfect push up; jumping
jacks; jumping jack; star jumps; bowl; bowling; ten pin bowling; golf swing; golf swings; golf swinging; golf
stroke; strum guitar; strumming guitar; guitar strumming; guitar playing; squat; squats; squatting; tennis
serve; tennis serves; tennis serving; powerful tennis serve; tennis service; baseball pitch; bat swing; baseball
pitches; clean and jerk; weightlifting; Olympic lift; bench press; bench pressing; sit-ups; crunches; rope
skipping
""",
    MOVEMENT: """
swinging bat; running man; player jumping; man running; running; jumping; a person jumping; flying ball; moving
ball; bouncing ball; kicking ball; kick ball; throwing a ball; throw ball; thrown ball; raised bat; swung
racket; man holding bat; holding a bat; wearing a helmet; woman wearing hat; player throws ball; player jumps;
man runs; crowd cheering; kneeling woman; seated man; bent-over person; airborne athlete; tennis swing; pitching
baseball; arm wave; hand wave; arm movement; body posture; hand gesture; leg extension; facial expression;
follow-through; footwork; forward lunge; backflip; children playing; dog catching frisbee; lifting weights;
swinging golf club; using a racket; playing guitar chords; stretching; warm-up; racquet swing; athlete
mid-swing; ball in mid-air; gymnast upside down; man climbs rope; person on all fours; player in motion; man in
running position; deadlift; cartwheel; person moving quickly; jumping athletes; strength training; athletic
stance; jumping motion; dribbling basketball; galloping horse; baseball throw motion
""",
    BODY_PART: """
rotation of the hips; raised arm; arms; bent knees; hand; hands; a pair of hands; the player's arm; left foot;
shoulders; muscular legs; player's face; bare chest; position of the hands; watch on wrist; upper body; knees
bent; arms raised; feet apart; arms extended overhead; feet shoulder width apart; fingers; teeth; open mouth;
man's back; person with raised arms; biceps; toned abs; elbow; straight back; straight legs
""",
    CAMERA: """
close-up; close up of a ball; slow motion; camera angle; wide shot; blurred background; video footage; point of
view; aerial view of the court; time-lapse; side view of player
""",
    VAGUE: """
thing; things; important thing; equipment; team spirit; atmosphere; energy; an object; crowd noise;
concentration; excitement; background; something; competition
""",
    SENTENCE: """
he is running; a person who swings a bat; the man is jumping; ball that is red and their bat; in the gym; on a
tennis court; at the beach; her racket; ball being thrown; it's a bat; while running; player and his bat; to the
goal
""",
}


def _table(block):
    return [text for text in map(str.strip, " ".join(block.split()).split(";")) if text]


@pytest.mark.parametrize("text", _table(GOOD))
def test_things_and_places_pass(text):
    assert judge_wording(text, NAMES) is None


@pytest.mark.parametrize(("reason", "text"), [(reason, text) for reason in BAD for text in _table(BAD[reason])])
def test_what_is_no_thing_or_place_says_why(reason, text):
    assert judge_wording(text, NAMES) == reason


def test_the_tables_are_large():
    assert len(_table(GOOD)) >= 150 and sum(len(_table(block)) for block in BAD.values()) >= 150


@pytest.mark.parametrize(
    ("classes", "text"),
    [
        ("JumpRope", "jump rope"),
        ("HulaHoop", "a hula hoop"),
        ("YoYo", "metal yo-yo"),
        ("Kayaking", "kayak"),
        ("SkateBoarding", "skateboard"),
        ("RopeClimbing", "climbing rope"),
        ("rowing_boat", "wooden rowboat"),
        ("boxing", "box"),
        ("Swing", "swing"),
        ("Basketball", "basketball"),
        ("cast_net", "cast net"),
        ("bowl", "salad bowl"),
        ("PlayingGuitar", "electric guitar"),
        ("Billiards", "billiard table"),
        ("tennis_serve", "tennis server"),
        ("hammer_throw", "throwing hammer"),
    ],
)
def test_a_thing_that_shares_words_with_its_class_passes(classes, text):
    assert judge_wording(text, ClassNames.of([classes])) is None


@pytest.mark.parametrize(
    ("classes", "text"),
    [
        ("Kayaking", "kayaking"),
        ("SkateBoarding", "skate boarding"),
        ("Billiards", "billiards"),
        ("MilitaryParade", "a military parade"),
        ("PlayingGuitar", "guitar playing"),
        ("GolfSwing", "clean golf swings"),
        ("pull_ups", "pullup"),
        ("gangnam_style_dance", "Gangnam Style dancing"),
        ("rock climbing", "climbing rock"),
        ("Rock-Climbing", "rock climb"),
    ],
)
def test_inflections_of_a_class_are_its_name(classes, text):
    names = ClassNames.of([classes])
    assert names.named_by(text) is (text != "climbing rock")


def test_class_names_in_any_writing():
    wanted = ("golf", "swing")
    assert {class_words(name) for name in ("golf_swing", "GolfSwing", "Golf Swing", "golf-swing")} == {wanted}
    assert class_words("CPR") == ("cpr",)


def test_only_the_checks_asked_for_are_made():
    assert judge_wording("pull-ups", NAMES, ("movement",)) == MOVEMENT
    assert judge_wording("pull-ups", NAMES, ("body", "vague")) is None
    assert judge_wording("pull-ups", ClassNames.of([]), ("class",)) is None
    assert judge_wording("in the arms", NAMES, ("movement", "sentence", "body")) == SENTENCE


def test_length_counts_letters_words_and_characters():
    def judge(text):
        return judge_length(text, max_words=3, max_characters=20)

    assert judge("net") is judge("球") is None
    assert judge("a") == (TOO_SHORT, 1.0)
    assert judge("") == judge("⚽ 12") == (TOO_SHORT, 0.0)
    assert judge("a red-hot tennis ball") == (TOO_LONG, 5.0)
    assert judge("x" * 20) is None and judge("x" * 21) == (TOO_LONG, 21.0)


@pytest.mark.parametrize(
    "text", ["网球拍", "теннисный корт", "نادي التنس", "टेनिस कोर्ट", "pelota de béisbol", "Tennisschläger"]
)
def test_other_languages_pass(text):
    assert judge_wording(text, NAMES) is None


@given(st.text(max_size=40))
@settings(max_examples=150)
def test_any_string_gets_a_verdict(text):
    judge_wording(text, NAMES)
    judge_length(text, max_words=6, max_characters=60)


@pytest.mark.parametrize("frame", ["a {}", "The {}", " {} ", "“{}”", "{}.", "{}"])
def test_articles_quotes_and_case_change_no_verdict(frame):
    framed = [frame.format(text).upper() for text in _table(GOOD)]
    assert [text for text in framed if judge_wording(text, NAMES)] == []


def test_how_a_phrase_is_read():
    assert noun_parts("a pair of the player's tennis shoes on a bench") == (("tennis", "shoes"), ("bench",))
    assert noun_parts("walking and biking path") == (("walking", "biking", "path"),)
    assert noun_parts("clips or collars") == (("clips",), ("collars",))
    assert noun_parts(" ... ") == () and head("") == ""
    assert head("Green fields of grass") == "field" and is_place("Green fields of grass")
    assert not is_place("field hockey stick")


SINGULAR_LISTS = (
    "movement body_parts body_or_thing people animals apparatus places natural handling_nouns abstract fillers measures"
)


@pytest.mark.parametrize("name", SINGULAR_LISTS.split())
def test_lists_hold_the_form_that_is_looked_up(name):
    wrong = [entry for entry in word_list(name) if any(base(word) != word for word in entry.split())]
    assert not [entry for entry in wrong if " ".join(map(base, entry.split())) not in word_list(name)]


@pytest.mark.parametrize("path", list(files("dance_xai.text.lexicon").glob("*.txt")), ids=lambda path: path.name)
def test_every_list_says_what_it_is(path):
    first, *rest = path.read_text(encoding="utf-8").splitlines()
    assert first.startswith("# ") and first.endswith(".") and rest
    assert not [line for line in rest if line.startswith("#") or line.endswith(",") or ",," in line]


@pytest.mark.parametrize(("kind", "dropped"), [("object", []), ("scene", [])])
def test_official_phrases_pass(shared, kind, dropped):
    texts = np.load(shared / "penn_action" / "text_concepts.npz")[f"{kind}_texts"]
    assert [text for text in texts if judge_wording(str(text), NAMES)] == dropped


BUNDLED = [path for path in (files("dance_xai.text") / "phrases").iterdir() if path.name.endswith(".toml")]


@pytest.mark.parametrize("path", BUNDLED, ids=lambda path: path.name)
def test_bundled_phrases_pass(path):
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    names = ClassNames.of(list(table))
    texts = {text for each in table.values() for kind in ("objects", "scenes") for text in each[kind]}
    lost = [text for text in texts if judge_wording(text, names)]
    assert len(lost) < 0.05 * len(texts), lost
