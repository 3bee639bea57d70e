"""A stand-in for Ray: actors live in this process and work when they are heard. For what a driver makes of them."""

from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any


class RayError(Exception):
    """As Ray's own."""


class ActorDiedError(RayError):
    """As Ray's own."""


class Reference:
    """To an object that is there."""

    def __init__(self, value: Any) -> None:
        self.value = value


class Call:
    """What is heard of a call: the value that it returned, or a stream of values."""

    def __init__(self, actor: "Actor", value: Any) -> None:
        self.actor, self.value = actor, value

    def __next__(self) -> Reference:
        self.actor.check()
        said = next(self.value)
        self.actor.check()  # it may have ended itself
        return Reference(said)


class Method:
    """Of an actor."""

    def __init__(self, actor: "Actor", name: str) -> None:
        self.actor, self.name = actor, name

    def options(self, **options: Any) -> "Method":
        assert options == {"num_returns": "streaming"}
        return self

    def remote(self, *arguments: Any) -> Call:
        self.actor.calls.append(self.name)
        return Call(
            self.actor, (self.name, arguments) if self.name == "greet" else self.actor.call(self.name, arguments)
        )


class Actor:
    """One worker; it has room on the cluster as long as fewer than ``ray.slots`` live."""

    def __init__(self, ray: "FakeRay", kind: type, arguments: tuple[Any, ...]) -> None:
        self.ray, self.calls = ray, list[str]()
        self.dead = False
        self.worker = kind(*arguments, fetch=ray.get)

    def __getattr__(self, name: str) -> Method:
        return Method(self, name)

    def call(self, name: str, arguments: tuple[Any, ...]) -> Any:
        return getattr(self.worker, name)(*arguments)

    def check(self) -> None:
        if self.dead:
            raise ActorDiedError("The actor died\nunexpectedly")

    @property
    def placed(self) -> bool:
        living = [actor for actor in self.ray.actors if not actor.dead]
        return self.dead or living.index(self) < self.ray.slots


class FakeRay:
    """The module."""

    def __init__(self, slots: int) -> None:
        self.slots = slots
        self.actors: list[Actor] = []
        self.puts = 0
        self.needs: dict[str, Any] = {}
        self.stillborn = False
        self.exceptions = SimpleNamespace(RayError=RayError)

    def is_initialized(self) -> bool:
        return True

    def nodes(self) -> list[dict[str, Any]]:
        return [{"Alive": True, "Resources": {"CPU": float(self.slots)}}]

    def remote(self, kind: type) -> Any:
        def make(*arguments: Any) -> Actor:
            actor = Actor(self, kind, arguments)
            actor.dead = self.stillborn
            self.actors.append(actor)
            return actor

        def options(**needs: Any) -> Any:
            self.needs = needs
            return SimpleNamespace(remote=make)

        return SimpleNamespace(options=options)

    def wait(self, calls: Sequence[Call], num_returns: int = 1, **options: Any) -> tuple[list[Call], list[Call]]:
        del options
        ready = [call for call in calls if call.actor.placed][:num_returns]
        return ready, [call for call in calls if call not in ready]

    def get(self, one: Any) -> Any:
        if isinstance(one, Reference):
            return one.value
        one.actor.check()
        name, arguments = one.value
        return one.actor.call(name, arguments)

    def put(self, value: Any) -> Reference:
        self.puts += 1
        return Reference(value)

    def kill(self, actor: Actor, no_restart: bool) -> None:
        assert no_restart
        actor.dead = True

    @property
    def living(self) -> Iterator[Actor]:
        return (actor for actor in self.actors if not actor.dead)
