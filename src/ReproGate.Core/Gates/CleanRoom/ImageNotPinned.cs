using ReproGate.Facts.CleanRoom;

namespace ReproGate.Gates.CleanRoom;

/// <summary>RGATE4102: the room's image may be another one tomorrow, or does not hold the SDK that the repository asks for.</summary>
public static class ImageNotPinned
{
    /// <summary>Judges the image's pin.</summary>
    /// <param name="image">The image as the engine has it.</param>
    /// <param name="pin">What reprogate.lock.json pins; empty where it pins nothing. A digest in the image's own name pins it too.</param>
    /// <param name="lockFile">Absolute path of reprogate.lock.json.</param>
    /// <param name="entry">Absolute path of the solution or project.</param>
    public static Finding? Check(RoomImage image, string pin, string lockFile, string entry)
    {
        string command = $"dotnet msbuild -t:ReproGateCleanRoom -p:ReproGateCleanRoomPin=true \"{entry}\"";
        if (image.Name.Contains("@sha256:", StringComparison.Ordinal) || (pin.Length > 0 && image.Is(pin)))
        {
            return null;
        }

        return pin.Length == 0
            ? new Finding(
                RuleCatalog.ImageNotPinned,
                new SourceLocation(lockFile),
                $"The image {image.Name} is not pinned: {Path.GetFileName(lockFile)} has no entry for it, and its name has no digest.",
                "A tag moves: the same commit is then built with another compiler and other libraries.",
                $"Pin what is here, {image.Pin}: {command}")
            {
                Subject = image.Name,
                Command = command,
            }
            : new Finding(
                RuleCatalog.ImageNotPinned,
                new SourceLocation(lockFile),
                $"The image {image.Name} is {image.Pin} here, and {Path.GetFileName(lockFile)} pins {pin}.",
                "It is another image than the one the repository was proved with.",
                $"Fetch the pinned one ({Path.GetFileName(lockFile)} names it), or, where the newer image is meant, pin it: {command}")
            {
                Subject = image.Name,
                Command = command,
            };
    }

    /// <summary>Judges a room in which dotnet found no SDK that fits global.json.</summary>
    /// <param name="image">The image's name.</param>
    /// <param name="asked">The version global.json asks for; empty where the message did not say.</param>
    /// <param name="globalJson">Absolute path of global.json.</param>
    public static Finding CheckSdk(string image, string asked, string globalJson) => new(
        RuleCatalog.ImageNotPinned,
        new SourceLocation(globalJson),
        $"The image {image} does not hold the .NET SDK{(asked.Length > 0 ? $" {asked}" : "")} that global.json asks for.",
        "The clean room builds with what the image holds, so nothing was built.",
        "Name an image with that SDK in ReproGateCleanRoomImage, or change sdk.version in global.json.")
    {
        Subject = "sdk",
    };
}
