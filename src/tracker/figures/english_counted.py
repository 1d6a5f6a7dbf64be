"""The words of English for who is counted and what befell them, as tables."""

from typing import Final

from tracker.figures.lexicon import endings, measured, row, words
from tracker.model import Measure

NOT_PEOPLE: Final = words(
    "home homes house houses building buildings structure structures property properties "
    "business businesses village villages town towns city cities district districts province "
    "provinces country countries state states family families household households school "
    "schools shop shops vehicle vehicles car cars truck trucks bus buses train trains plane "
    "planes aircraft helicopter helicopters ship ships boat boats bomb bombs missile missiles "
    "rocket rockets drone drones shell shells mine mines blast blasts explosion explosions "
    "attack attacks strike strikes airstrike airstrikes raid raids shooting shootings "
    "incident incidents accident accidents crash crashes quake quakes earthquake earthquakes "
    "aftershock aftershocks tremors fire fires wildfire wildfires flood floods landslide "
    "landslides storm storms tornado tornadoes rounds shots bullets weapons guns rifles tanks "
    "animals animal cow cows cattle sheep goat goats pig pigs horse horses dog dogs cat cats "
    "bird birds chicken chickens livestock elephant elephants whale whales dolphin dolphins "
    "fish bear bears lion lions tiger tigers buffalo buffaloes poultry camels deer seats "
    "votes goals runs wickets points places roads bridges hospitals clinics hotels rooms "
    "apartments flats addresses pages calls tests doses samples countries nations governments "
    "groups teams companies firms bags trees crops fields cases counts charges lawsuits "
    "suspects arrests tents flights churches mosques temples camps units trips games matches "
    "names storeys sites locations areas islands neighbourhoods neighborhoods checkpoints "
    "positions targets ways reasons factors things questions steps stages parts pieces types "
    "kinds forms levels bombing bombings collision collisions avalanche avalanches stampede "
    "stampedes eruption eruptions derailment derailments clash clashes ambush ambushes assault "
    "assaults massacre massacres outbreak outbreaks hurricane hurricanes cyclone cyclones typhoon "
    "typhoons mudslide mudslides rockslide rockslides wave waves carriage carriages wagon wagons "
    "coach coaches minibus minibuses lorry lorries van vans taxi taxis motorcycle motorcycles "
    "tractor tractors tanker tankers ferry ferries vessel vessels dinghy dinghies raft rafts "
    "trawler trawlers canoe canoes jet jets warplane warplanes market markets factory factories "
    "warehouse warehouses barracks prison prisons station stations tower towers dam dams tunnel "
    "tunnels shaft shafts well wells street streets block blocks operation operations battle "
    "battles protest protests rally rallies wedding weddings funeral funerals occasion occasions "
    "grenade grenades device devices county counties municipality municipalities suburb suburbs "
    "region regions prefecture prefectures hamlet hamlets settlement settlements stabbing "
    "stabbings mortar mortars collapse collapses spill spills wards"
)
_OTHER_PEOPLE: Final = words(
    "people persons person individuals individual men man women woman children child boy boys "
    "girl girls baby babies infant infants toddler toddlers kids teenager teenagers youths "
    "youth adults adult minors minor civilians civilian residents resident villagers villager "
    "locals passengers passenger pilots pilot crew crewmen crewmembers crewmember sailors "
    "sailor fishermen fisherman soldiers soldier troops troop servicemen serviceman marines "
    "marine officers officer policemen policeman policewoman police cops guards guard "
    "firefighters firefighter paramedics paramedic rescuers rescuer doctors doctor nurses "
    "nurse patients patient workers worker employees employee staff labourers laborers "
    "labourer laborer miners miner students student pupils pupil teachers teacher professor "
    "journalists journalist reporter cameraman tourists tourist visitors climbers climber "
    "hikers hiker skiers skier motorcyclist motorcyclists cyclist cyclists pedestrian "
    "pedestrians driver drivers motorist motorists commuters commuter bystanders bystander "
    "worshippers worshipper pilgrims pilgrim protesters protester protestors demonstrators "
    "demonstrator activists activist migrants migrant refugees refugee members member "
    "citizens citizen nationals national victims victim casualty shoppers guests guest "
    "customers spectators fans fan players player athletes athlete prisoners prisoner inmates "
    "inmate hostages hostage voters candidates candidate politicians politician mayor "
    "minister lawmaker leader leaders commander commanders general colonel captain sergeant "
    "chief official officials judge lawyer priest priests monk monks nun imam farmer farmers "
    "herders herder hunter hunters actor actress singer rider riders swimmer swimmers surfer "
    "diver divers mother father parents couple son sons daughter daughters brother brothers "
    "sister sisters wife husband grandmother grandfather twins schoolchildren schoolgirls "
    "schoolgirl schoolboys schoolboy aides aide bodyguards bodyguard peacekeepers peacekeeper "
    "contractors contractor volunteers volunteer engineers engineer technicians operator "
    "operators lives souls survivors adolescents elderly occupants occupant evacuees "
    "attendees revellers partygoers concertgoers mourners medics medic personnel pensioner "
    "toddlers foreigners foreigner americans palestinians israelis afghans iraqis syrians "
    "russians ukrainians pakistanis indians turks kurds chinese britons germans nepalis"
)
ATTACKERS: Final = words(
    "attackers attacker gunmen gunman bombers bomber assailants assailant hijackers hijacker "
    "perpetrators perpetrator terrorists terrorist suspect shooter shooters"
)
ONE_PERSON: Final = words(
    "person man woman child boy girl baby toddler teenager pilot driver passenger captain sailor "
    "soldier officer policeman policewoman guard firefighter paramedic rescuer doctor nurse "
    "patient worker miner student teacher professor journalist reporter cameraman tourist hiker "
    "climber skier motorcyclist cyclist pedestrian motorist protester priest monk imam judge "
    "lawyer farmer mayor minister president governor senator lawmaker leader commander general "
    "colonel sergeant chief official ambassador politician candidate singer actor actress "
    "mother father husband wife son daughter brother sister grandmother grandfather victim "
    "gunman attacker bomber assailant shooter suspect conductor operator instructor owner"
)
PEOPLE: Final = _OTHER_PEOPLE | ONE_PERSON
STOPS: Final = words(
    "last next yesterday today tonight overnight and or but nor as after before when while who "
    "whom whose which that where because since until although though if than then so with without "
    "including among amid amidst according following due there he she it they his her their "
    "its this these those the a an both all not no said says say told tells added adds "
    "reported reports what why how just also only mostly"
)
PREPOSITIONS: Final = words(
    "in on at from of near aboard across around by for inside outside under to into over "
    "through throughout during within between against off along around"
)
STATES: Final = {
    **dict.fromkeys(
        row(
            "killed dead died die dies dying perished perish perishes drowned drown drowns "
            "slain murdered massacred executed assassinated beheaded lynched succumbed "
            "succumb succumbs deceased fatalities deaths lifeless martyred succumbing"
        ),
        Measure.KILLED,
    ),
    **dict.fromkeys(row("injured wounded hurt maimed"), Measure.INJURED),
    **dict.fromkeys(["missing", "unaccounted"], Measure.MISSING),
    **dict.fromkeys(["hospitalised", "hospitalized"], Measure.HOSPITALISED),
    **dict.fromkeys(row("displaced evacuated homeless evacuate evacuating"), Measure.DISPLACED),
    **dict.fromkeys(["trapped", "stranded"], Measure.TRAPPED),
    **dict.fromkeys(
        row("rescued saved freed survived survive survives escaped escape escapes"),
        Measure.ESCAPED_OR_RESCUED,
    ),
    "critical": Measure.CRITICALLY_INJURED,
    "aboard": Measure.AT_RISK_TOTAL,
}
STATE_PHRASES: Final = measured(
    {
        Measure.KILLED: (
            "lost their lives,lost his life,lost her life,lose their lives,losing their lives,"
            "lost their life,burned to death,burnt to death,stabbed to death,shot to death,"
            "beaten to death,crushed to death,trampled to death,froze to death,"
            "hacked to death,fatally shot,fatally stabbed,fatally wounded,fatally injured,"
            "fatally hit,fatally struck,committed suicide,among the dead,among the victims,"
            "among those killed,among the killed,among the fatalities,lives were lost,"
            "lives had been lost,lives have been lost,lives lost"
        ),
        Measure.INJURED: (
            "among the injured,among the wounded,among those injured,sustained injuries,"
            "suffered injuries,suffered burns,suffering injuries,suffered wounds,"
            "sustained wounds,sustained burns,sustain injuries,suffer injuries"
        ),
        Measure.CRITICALLY_INJURED: (
            "in critical condition,in a critical condition,in serious condition,"
            "in a serious condition,in intensive care,in cardiac arrest,"
            "in critical but stable condition,with severe injuries,with serious injuries,"
            "fighting for their lives,on life support,in grave condition"
        ),
        Measure.HOSPITALISED: (
            "in hospital,in hospitals,in the hospital,to hospital,to hospitals,"
            "to the hospital,to a hospital,to local hospitals,to nearby hospitals,"
            "to area hospitals,admitted,receiving treatment,receiving medical treatment,"
            "receiving medical care,under treatment,undergoing treatment,being treated,"
            "were treated,are treated,under medical care,under medical treatment"
        ),
        Measure.MISSING: ("unaccounted for,unaccounted - for"),
        Measure.ESCAPED_OR_RESCUED: ("found alive,pulled alive,pulled out alive,brought to safety"),
        Measure.AT_RISK_TOTAL: ("on board,on the plane,on the boat,on the ship"),
        Measure.DISPLACED: (
            "fled their homes,forced from their homes,forced to flee,driven from their homes,"
            "left homeless,fled the area,flee their homes"
        ),
        Measure.TRAPPED: ("under the rubble,under rubble,buried under"),
        Measure.CASUALTIES_MIXED: (
            "killed or injured,killed or wounded,killed and injured,killed and wounded,"
            "dead or injured,dead or wounded,dead and injured,dead and wounded,"
            "dead or missing,dead and missing,killed or missing,dead or hurt,killed or hurt,"
            "injured or killed,wounded or killed"
        ),
        Measure.FEARED_DEAD: (
            "feared dead,presumed dead,feared killed,believed dead,thought dead,"
            "feared drowned,presumed drowned,believed to be dead,feared to be dead,"
            "presumed to be dead,believed to have died,feared to have died,"
            "believed to have drowned"
        ),
    }
)
TRANSITIVE: Final = {
    **dict.fromkeys(
        row(
            "kill kills killed killing murder murders murdered murdering slay slays slaying "
            "executed executing executes massacred claim claims claimed claiming assassinates "
            "assassinated assassinating martyring"
        ),
        Measure.KILLED,
    ),
    **dict.fromkeys(
        row(
            "injure injures injured injuring wound wounds wounded wounding hurt hurts hurting "
            "maimed maiming"
        ),
        Measure.INJURED,
    ),
    **dict.fromkeys(
        row("displace displaces displaced displacing evacuate evacuates"), Measure.DISPLACED
    ),
    **dict.fromkeys(row("trapping traps trapped stranding"), Measure.TRAPPED),
    **dict.fromkeys(
        row("rescue rescues rescued rescuing saving frees freed"),
        Measure.ESCAPED_OR_RESCUED,
    ),
    **dict.fromkeys(
        row("hospitalising hospitalizing hospitalises hospitalised hospitalized"),
        Measure.HOSPITALISED,
    ),
}
NOUNS: Final = {
    **dict.fromkeys(
        row("deaths death fatalities fatality killings drownings dead murders deathtoll"),
        Measure.KILLED,
    ),
    **dict.fromkeys(row("injuries injury injured wounded woundings"), Measure.INJURED),
    **dict.fromkeys(["bodies", "corpses"], Measure.KILLED),
    **dict.fromkeys(["casualties", "casualty"], Measure.CASUALTIES_MIXED),
    **dict.fromkeys(["missing", "disappearances"], Measure.MISSING),
    **dict.fromkeys(["survivors", "survivor", "rescues"], Measure.ESCAPED_OR_RESCUED),
    **dict.fromkeys(["hospitalisations", "hospitalizations"], Measure.HOSPITALISED),
    **dict.fromkeys(["evacuees", "displaced"], Measure.DISPLACED),
}
OBJECT_PHRASES: Final = {
    Measure.KILLED: endings(
        "deaths of,death of,killing of,killings of,lives of,loss of,losing,murder of,"
        "murders of,bodies of,body of,remains of,assassination of,shot dead,shoot dead,"
        "shooting dead,shoots dead,fatally shot,fatally shoots,fatally shooting,"
        "fatally stabbed,fatally wounding,dead are,dead were,victims included,victims include,"
        "dead included,dead include,dead included,dead includes,shot and killed"
    ),
    Measure.INJURED: endings(
        "injuries to,injury to,wounding of,injured include,injured included,injured are,"
        "injured were"
    ),
    Measure.CRITICALLY_INJURED: endings(
        "critically injuring,critically wounding,seriously injuring"
    ),
    Measure.CASUALTIES_MIXED: endings(
        "killed or injured,killed and injured,killed or wounded,killed and wounded,"
        "killing or injuring,killing and injuring,killing or wounding,killing and wounding,"
        "kills and injures,kill and injure,kills or injures"
    ),
}
TOLLS: Final = {
    "toll": Measure.KILLED,
    "tolls": Measure.KILLED,
    "deathtoll": Measure.KILLED,
    "deaths": Measure.KILLED,
    "fatalities": Measure.KILLED,
    "dead": Measure.KILLED,
    "victims": Measure.KILLED,
    "injured": Measure.INJURED,
    "wounded": Measure.INJURED,
    "injuries": Measure.INJURED,
    "missing": Measure.MISSING,
    "casualties": Measure.CASUALTIES_MIXED,
    "hospitalised": Measure.HOSPITALISED,
    "hospitalized": Measure.HOSPITALISED,
    "displaced": Measure.DISPLACED,
    "evacuated": Measure.DISPLACED,
    "evacuees": Measure.DISPLACED,
    "trapped": Measure.TRAPPED,
    "rescued": Measure.ESCAPED_OR_RESCUED,
    "survivors": Measure.ESCAPED_OR_RESCUED,
    "arrests": Measure.AT_RISK_TOTAL,
}
