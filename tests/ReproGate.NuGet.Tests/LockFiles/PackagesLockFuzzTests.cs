using System.Text;
using CsCheck;
using ReproGate.Facts;
using ReproGate.Gates.LockedRestore;
using ReproGate.NuGet.LockFiles;

namespace ReproGate.NuGet.Tests.LockFiles;

/// <summary>Any bytes end in a reading: no crash, no hang, no unclear text, and rules that can judge what was read.</summary>
public sealed class PackagesLockFuzzTests
{
    private static readonly byte[][] Seeds = [.. LockTexts.All.Select(Encoding.UTF8.GetBytes)];

    private static readonly Gen<byte[]> Seed = Gen.Int[0, Seeds.Length - 1].Select(static index => Seeds[index]);

    private static readonly Gen<string> Token = Gen.OneOf(((string[])[
        "{", "}", "[", "]", ",", ":", "\"", "\\", "null", "true", "-1", "1e999", "99999999999999999999", "\"\\uD800\"", "<<<<<<< HEAD\n", "\n=======\n", ">>>>>>> main\n",
        "\"version\": 3,", "\"type\": \"Project\",", "\"requested\": \"[1.0.0, \",", "\"net10.0/\": {},", "\"framework\": \"\",", "//", "/*", "\uFEFF", "\0", "\"\": {},", "é", "😀",
    ]).Select(Gen.Const).ToArray());

    private static readonly Gen<byte[]> Flipped = Gen.Select(Seed, Gen.Select(Gen.Int[0, 4000], Gen.Byte).Array[1, 8], static (seed, flips) =>
    {
        byte[] bytes = [.. seed];
        foreach ((int at, byte value) in flips)
        {
            bytes[at % bytes.Length] = value;
        }

        return bytes;
    });

    private static readonly Gen<byte[]> Truncated = Gen.Select(Seed, Gen.Int[0, 4000], static (seed, length) => seed[..(length % seed.Length)]);

    private static readonly Gen<byte[]> Spliced = Gen.Select(Seed, Seed, Gen.Int[0, 4000], Gen.Int[0, 4000], static (head, tail, cut, start) => (byte[])[.. head[..(cut % head.Length)], .. tail[(start % tail.Length)..]]);

    private static readonly Gen<byte[]> Inserted = Gen.Select(Seed, Gen.Select(Gen.Int[0, 4000], Token).Array[1, 4], static (seed, insertions) =>
    {
        List<byte> bytes = [.. seed];
        foreach ((int at, string token) in insertions)
        {
            bytes.InsertRange(at % bytes.Count, Encoding.UTF8.GetBytes(token));
        }

        return bytes.ToArray();
    });

    private static readonly Gen<byte[]> Nested = Gen.Select(Seed, Gen.Int[0, 4000], Gen.Int[1, 3000], Gen.Bool, static (seed, at, depth, objects) =>
        (byte[])[.. seed[..(at % seed.Length)], .. Encoding.UTF8.GetBytes(objects ? string.Concat(Enumerable.Repeat("{\"a\":", depth)) : new string('[', depth)), .. seed[(at % seed.Length)..]]);

    private static readonly Gen<byte[]> Noise = Gen.Byte.Array[0, 300];

    [Fact]
    public void Any_bytes_end_in_a_reading()
    {
        int malformed = 0;
        Gen.OneOf(Flipped, Truncated, Spliced, Inserted, Nested, Noise).Sample(
            bytes =>
            {
                PackagesLockReading reading = PackagesLockReader.Parse("/r/packages.lock.json", bytes);
                Assert.True(reading.Lock is not null || reading.Defects.Length == 1);
                foreach (PackagesLockDefect defect in reading.Defects)
                {
                    Interlocked.Increment(ref malformed);
                    Assert.NotEmpty(defect.Text);
                    Assert.True(defect.Text.Length < 2000 && defect.Location is { Line: > 0, Column: > 0 });
                }

                Judge(reading);
            },
            iter: 120_000,
            print: static bytes => Convert.ToBase64String(bytes));
        Assert.True(malformed > 50_000, $"only {malformed} of the inputs were malformed: the mutations are too tame");
    }

    private static void Judge(PackagesLockReading reading)
    {
        var project = new RestoreDeclaration
        {
            ProjectPath = "/r/App.csproj",
            ProjectName = "App",
            LockFilePath = "/r/packages.lock.json",
            TargetFramework = "net10.0",
            FrameworkName = ".NETCoreApp,Version=v10.0",
            FrameworkNames = [".NETCoreApp,Version=v10.0"],
            TargetFrameworks = ["net10.0"],
        };
        List<Finding> findings = [.. LockFileMalformed.CheckForm(project, reading, "dotnet restore --force-evaluate")];
        if (reading.Lock is { } locked)
        {
            findings.AddRange(LockFileMalformed.CheckNodes(project, locked, "dotnet restore --force-evaluate"));
        }

        Assert.All(findings, static finding => Assert.Equal(RuleCatalog.LockFileMalformed, finding.Rule));
        Assert.All(findings, static finding => Assert.StartsWith("packages.lock.json of App.csproj is malformed: ", finding.Message, StringComparison.Ordinal));
        Assert.Equal(!reading.Defects.IsEmpty, findings.Any(finding => reading.Defects.Any(defect => defect.Subject == finding.Subject)));
    }
}
