"""Exercises: each is derived and checked, the same seed makes the same one, and the next lines lead to its end."""

import pytest

from mathnet.derivation import derive, exercise
from mathnet.derivation.doors.command import main
from mathnet.derivation.verdict.practice import DIFFICULTIES

SEEDS = 40  # of each difficulty
ALL = [(difficulty, seed) for difficulty in DIFFICULTIES for seed in range(SEEDS)]


@pytest.mark.parametrize(("difficulty", "seed"), ALL)
def test_every_exercise_is_derived_and_checked(difficulty, seed):
    made = exercise(difficulty, seed)
    (found,) = derive(made.where, [made.by])
    assert (found.refused, found.by) == (None, made.by)
    assert found.verdict.endswith(" · proved")
    assert found.fence.startswith(made.where.replace("where  ", "where ") + "\n"), (
        "a line needs what is not declared"
    )


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("difficulty", DIFFICULTIES)
def test_the_next_lines_solve_an_exercise(difficulty, seed):
    made, lines = exercise(difficulty, seed), []
    while not (judged := made.judged("\n\n".join(lines))).solved:
        assert judged.next.line, made
        assert judged.next.declares == ""
        lines.append(judged.next.line)
    assert judged.report.ok
    assert judged.report.steps == len(lines)


def test_the_seed_alone_decides_and_exercises_differ():
    made = [exercise(difficulty, seed) for difficulty, seed in ALL]
    assert made == [exercise(difficulty, seed) for difficulty, seed in ALL]
    for difficulty in DIFFICULTIES:
        different = {(each.where, each.by) for each in made if each.difficulty == difficulty}
        assert len(different) > SEEDS * 0.9


def test_every_kind_of_symbol_is_asked_for():
    wanted = {exercise("attention", seed).by for seed in range(SEEDS)}
    assert {"Q", "K", "V", "X"} <= wanted


def test_the_answer_alone_is_enough_and_a_wrong_one_is_not():
    made = exercise("layer", 0)
    (found,) = derive(made.where, [made.by])
    assert made.judged(found.answer).solved
    assert made.judged(f"{made.asked} = {found.answer}").solved
    judged = made.judged(f"-{found.answer}")
    assert not judged.solved
    assert not judged.report.ok
    assert judged.next.line


@pytest.mark.parametrize(
    "lines", ["", "1 = 1", r"\frac{\partial J}{\partial Y} = \frac{\partial J}{\partial Y}", "{asked}", "{asked} = {asked}"]
)  # fmt: skip
def test_what_says_nothing_solves_nothing(lines):
    made = exercise("layer", 0)
    assert not made.judged(lines.replace("{asked}", made.asked)).solved


def test_lines_cannot_change_the_where_part():
    made = exercise("layer", 0)
    assert not made.judged(f"       J = 0\n{made.asked} = 0").solved


def test_another_difficulty_is_refused_with_those_that_there_are():
    with pytest.raises(ValueError, match="no exercises are called 'hard'; there are products, layer, softmax, layers, attention"):  # fmt: skip
        exercise("hard", 1)


@pytest.mark.parametrize("difficulty", DIFFICULTIES)
def test_the_command_makes_the_same_exercise_and_its_answer_solves_it(capsys, difficulty):
    made = exercise(difficulty, 5)
    asked = f"{made.where}\n\nDerive {made.asked}: this is {difficulty}, number 5.\n"
    assert main(["practice", "--difficulty", difficulty, "--number", "5"]) == 0
    assert capsys.readouterr().out == asked
    assert main(["practice", "--difficulty", difficulty, "--number", "5", "--answer"]) == 0
    answer = capsys.readouterr().out.removeprefix(asked).strip()
    lines, _, verdict = answer.rpartition("\n\n")
    assert verdict.endswith("· proved")
    assert made.judged(lines).solved


def test_without_a_number_any_exercise_comes_and_says_its_number(capsys):
    said = set()
    for _ in range(3):
        assert main(["practice"]) == 0
        out = capsys.readouterr().out
        number = int(out.rpartition("this is products, number ")[2].rstrip(".\n"))
        assert out.startswith(exercise("products", number).where)
        said.add(number)
    assert len(said) > 1


def test_a_difficulty_that_there_is_not_is_refused_by_the_command(capsys):
    with pytest.raises(SystemExit) as error:
        main(["practice", "--difficulty", "hard"])
    assert error.value.code == 2
    assert "argument --difficulty: invalid choice: 'hard'" in capsys.readouterr().err
