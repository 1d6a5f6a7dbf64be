"""Which language a report is read in: the operator's word, the document's, the text's own."""
# ruff: noqa: RUF001 — letters of other languages that look like those of English

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command import environment
from tracker.sources.language import LOOKED_AT, language_of, stated_language

TEXTS = {
    "en": (
        "A ferry with some three hundred passengers on board went down off the northern cape in "
        "the early hours of Tuesday, and at least 41 people lost their lives, the coast guard "
        "said. Divers worked through the night in heavy seas. Nineteen of the dead had been "
        "asleep below deck, according to the harbour master, who expects the toll to rise."
    ),
    "es": (
        "Un transbordador con unos trescientos pasajeros a bordo se hundió frente al cabo en la "
        "madrugada del martes, y al menos 41 personas perdieron la vida, informó la guardia "
        "costera. Los buzos trabajaron toda la noche con mar gruesa. Diecinueve de los fallecidos "
        "dormían bajo cubierta, según el capitán del puerto, que espera que la cifra aumente."
    ),
    "pt": (
        "Uma balsa com cerca de trezentos passageiros a bordo afundou ao largo do cabo na "
        "madrugada de terça-feira, e pelo menos 41 pessoas perderam a vida, informou a guarda "
        "costeira. Os mergulhadores trabalharam a noite inteira com mar agitado. Dezenove dos "
        "mortos dormiam no convés inferior, segundo o capitão do porto, que teme mais vítimas."
    ),
    "it": (
        "Un traghetto con circa trecento passeggeri a bordo è affondato al largo del capo nelle "
        "prime ore di martedì, e almeno 41 persone hanno perso la vita, ha detto la guardia "
        "costiera. I sommozzatori hanno lavorato tutta la notte con il mare mosso. Diciannove "
        "delle vittime dormivano sottocoperta, secondo il comandante del porto."
    ),
    "fr": (
        "Un ferry transportant quelque trois cents passagers a coulé au large du cap mardi à "
        "l'aube, et au moins 41 personnes ont perdu la vie, ont annoncé les garde-côtes. Les "
        "plongeurs ont travaillé toute la nuit par une mer forte. Dix-neuf des victimes dormaient "
        "sous le pont, selon le capitaine du port, qui s'attend à un bilan plus lourd."
    ),
    "de": (
        "Eine Fähre mit rund dreihundert Menschen an Bord ist am frühen Dienstagmorgen vor dem "
        "Kap gesunken, und mindestens 41 Menschen kamen ums Leben, teilte die Küstenwache mit. "
        "Taucher arbeiteten die ganze Nacht bei schwerer See. Neunzehn der Toten hatten unter "
        "Deck geschlafen, so der Hafenmeister, der mit weiteren Opfern rechnet."
    ),
    "tr": (
        "Yaklaşık üç yüz yolcu taşıyan bir feribot salı günü sabaha karşı burnun açıklarında "
        "battı ve en az 41 kişi hayatını kaybetti, sahil güvenlik açıkladı. Dalgıçlar bütün gece "
        "dalgalı denizde çalıştı. Liman başkanına göre ölenlerin on dokuzu alt güvertede uyuyordu."
    ),
    "fa": (
        "یک کشتی مسافربری با حدود سیصد سرنشین بامداد سه‌شنبه در نزدیکی دماغه غرق شد و دست‌کم ۴۱ "
        "نفر جان خود را از دست دادند، گارد ساحلی اعلام کرد. غواصان تمام شب در دریای توفانی کار "
        "کردند. به گفته رئیس بندر، نوزده نفر از قربانیان در طبقه پایین خوابیده بودند."
    ),
    "ru": (
        "Паром, на борту которого находилось около трёхсот пассажиров, затонул у мыса ранним "
        "утром во вторник, погиб по меньшей мере 41 человек, сообщила береговая охрана. Водолазы "
        "работали всю ночь. По словам начальника порта, девятнадцать погибших спали на палубе."
    ),
    "zh": (
        "一艘载有约三百名乘客的渡轮星期二凌晨在海角附近沉没，海岸警卫队说，至少有41人丧生。潜水员在大浪中整夜工作。"
        "港务长说，遇难者中有十九人当时正在下层甲板睡觉，他预计死亡人数还会上升。"
    ),
    "id": (
        "Sebuah feri yang membawa sekitar tiga ratus penumpang tenggelam di lepas tanjung pada "
        "Selasa dini hari, dan sedikitnya 41 orang tewas, kata penjaga pantai. Para penyelam "
        "bekerja sepanjang malam di tengah gelombang tinggi. Sembilan belas korban sedang tidur "
        "di geladak bawah, menurut kepala pelabuhan."
    ),
    "ca": (
        "Un transbordador amb uns tres-cents passatgers a bord es va enfonsar davant del cap la "
        "matinada de dimarts, i almenys 41 persones van perdre la vida, va informar la guàrdia "
        "costanera. Els bussos van treballar tota la nit amb mala mar. Dinou dels morts dormien "
        "sota coberta, segons el capità del port."
    ),
    "ro": (
        "Un feribot cu aproximativ trei sute de pasageri la bord s-a scufundat în largul capului "
        "marți dimineață, iar cel puțin 41 de persoane și-au pierdut viața, a anunțat garda de "
        "coastă. Scafandrii au lucrat toată noaptea pe mare agitată. Nouăsprezece dintre morți "
        "dormeau sub punte, potrivit căpitanului portului."
    ),
}

SENTENCES = [
    ("en", "Twelve people were killed on the quay."),
    ("en", "The death toll has risen to 84, up from 61, the governor said."),
    ("en", "BUS FALLS INTO RAVINE AND KILLS 14"),
    ("es", "Al menos 30 heridos en un choque de trenes"),
    ("es", "La cifra de muertos se eleva a 103, según el gobierno."),
    ("pt", "O número de mortos subiu para 103, disse o governo."),
    ("pt", "Quatro pessoas morreram."),
    ("it", "Il bilancio delle vittime è salito a 103."),
    ("it", "Quattro persone sono morte."),
    ("fr", "Le bilan s'alourdit à 84 morts"),
    ("fr", "Quatre personnes sont mortes."),
    ("de", "Zahl der Toten steigt auf 84"),
    ("de", "Vier Menschen starben."),
    ("tr", "Ölü sayısı 84'e yükseldi"),
    ("id", "Korban tewas bertambah menjadi 84"),
    ("nl", "Vier mensen kwamen om het leven."),
    ("pl", "Liczba ofiar wzrosła do 84"),
    ("sv", "Dödssiffran stiger till 84"),
    ("fa", "شمار کشته‌شدگان به ۸۴ نفر رسید"),
    ("ru", "Число жертв выросло до 84"),
]

LOADED = """\
import sys
from tracker.sources.language import language_of
language_of(sys.argv[1], setting=sys.argv[2], said=sys.argv[3])
print("py3langid" in sys.modules)
"""


@pytest.mark.parametrize("language", TEXTS)
def test_the_words_tell_the_language(language: str) -> None:
    assert language_of(TEXTS[language]) == language


@pytest.mark.parametrize(("language", "sentence"), SENTENCES)
def test_one_sentence_is_mostly_enough(language: str, sentence: str) -> None:
    assert language_of(sentence) == language


@pytest.mark.parametrize(
    "text", ["", " \n\n", "12 34 56", "Lorn, 12", "Qxz vbn", "…!?", "\x00\ud800"]
)
def test_what_could_be_anything_is_not_known(text: str) -> None:
    assert language_of(text) == ""
    assert language_of(text, said="pt-BR") == "pt-BR"


@pytest.mark.parametrize("language", TEXTS)
def test_the_operator_is_always_right(language: str) -> None:
    for said in ("", "en", "tr", language):
        assert language_of(TEXTS[language], setting="pt-BR", said=said) == "pt-BR"


@pytest.mark.parametrize("language", TEXTS)
@pytest.mark.parametrize("said", ["en", "EN-us", "es", "pt", "it", "fr", "de", "tr", "xx"])
def test_a_document_that_says_a_language_which_its_text_plainly_is_not_is_wrong(
    language: str, said: str
) -> None:
    """The template says "en" of everything; where it is right, it is kept as it is written."""
    right = said.lower().startswith(language)
    assert language_of(TEXTS[language] * 4, said=said) == (said if right else language)


def test_a_short_text_is_what_its_document_says() -> None:
    """Below 200 letters the words are no proof against it."""
    letters = [at for at, letter in enumerate(TEXTS["fr"], 1) if letter.isalpha()]
    assert language_of(TEXTS["fr"][: letters[198]], said="en") == "en"
    assert language_of(TEXTS["fr"][: letters[199]], said="en") == "fr"


@pytest.mark.parametrize(("language", "said"), [("id", "ms"), ("zh", "zh-Hant"), ("pt", "pt-PT")])
def test_sister_languages_are_left_to_the_document(language: str, said: str) -> None:
    """Whether a text is Indonesian or Malay, whoever wrote it knows best."""
    assert language_of(TEXTS[language] * 3, said=said) == said


def test_a_long_text_is_told_by_its_beginning() -> None:
    start = TEXTS["it"] * (LOOKED_AT // len(TEXTS["it"]) + 1)
    whole = start + TEXTS["en"] * 3_000
    assert len(whole) > 1_000_000
    assert language_of(whole) == "it"
    assert language_of(whole, said="en") == "it"


@given(st.text(), st.text(max_size=8))
def test_any_text_has_one_answer(text: str, said: str) -> None:
    """Never an error, and the same text is never in two languages."""
    answer = language_of(text, said=said)
    assert answer == language_of(text, said=said)
    assert answer or not said


@pytest.mark.parametrize(
    ("claims", "language"),
    [
        (("pt-BR",), "pt-BR"),
        ((" en_US\n",), "en_US"),
        (("zh-Hant-TW",), "zh-Hant-TW"),
        (("", None, "fr", "de"), "fr"),
        (("{{ lang }}", "English", "en, es", "e", "x-none", "en-", "de_DE.UTF-8"), ""),
        (("und", "MUL", "zxx-Latn", "it"), "it"),
        ((7, ["en"], {"name": "English"}), ""),
        ((), ""),
    ],
)
def test_what_is_no_language_code_is_as_if_nothing_were_said(
    claims: tuple[object, ...], language: str
) -> None:
    assert stated_language(*claims) == language


@pytest.mark.parametrize(
    ("text", "setting", "said", "loaded"),
    [
        (TEXTS["en"], "en", "", False),
        ("Twelve people died.", "", "en", False),
        (TEXTS["en"], "", "en", True),
        ("Twelve people died.", "", "", True),
    ],
)
def test_the_model_is_loaded_only_where_it_is_asked(
    text: str, setting: str, said: str, *, loaded: bool
) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", LOADED, text, setting, said],
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )
    assert ran.stdout == f"{loaded}\n"
