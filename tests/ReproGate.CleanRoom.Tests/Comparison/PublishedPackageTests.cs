using System.Collections.Immutable;
using System.Text;
using ReproGate.CleanRoom.Comparison;

namespace ReproGate.CleanRoom.Tests.Comparison;

public sealed class PublishedPackageTests
{
    private const string Nuspec = """<package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd"><metadata><id>Shop</id><version>1.2.3</version><repository type="git" url="https://example.invalid/shop.git" branch="refs/heads/main" commit="2aae6c35c94fcfb415dbe95f408b9ce91ee846ed" /></metadata></package>""";
    private static readonly DateTimeOffset Day = new(2024, 5, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_signature_is_put_aside_and_the_commit_told()
    {
        PackageComparison result = Compare(
            ArchiveDifferenceTests.Zip(Day, ("Shop.nuspec", Nuspec), ("lib/a.txt", "a"), (".signature.p7s", "signed")),
            ArchiveDifferenceTests.Zip(Day, ("Shop.nuspec", Nuspec), ("lib/a.txt", "a")));

        Assert.Equal(new PublishedPackage("Shop", "1.2.3", "https://example.invalid/shop.git", "2aae6c35c94fcfb415dbe95f408b9ce91ee846ed", IsSigned: true) { Branch = "refs/heads/main" }, result.Published);
        Assert.Equal(Grade.MetadataOnly, result.Grade);
        Assert.Equal(PartKinds.Signature, Assert.Single(result.Parts).Kind);
    }

    [Fact]
    public void Another_assembly_is_different_and_named()
    {
        PackageComparison result = Compare(
            ArchiveDifferenceTests.ZipOf(Day, ("Shop.nuspec", Encoding.UTF8.GetBytes(Nuspec)), ("lib/Shop.dll", CompiledPair.Compile("class C { string M() => \"published\"; }").Image), (".signature.p7s", [1])),
            ArchiveDifferenceTests.ZipOf(Day, ("Shop.nuspec", Encoding.UTF8.GetBytes(Nuspec)), ("lib/Shop.dll", CompiledPair.Compile("class C { string M() => \"rebuilt\"; }").Image)));

        Assert.Equal(Grade.Different, result.Grade);
        Assert.Equal(new DifferencePart("rebuilt.nupkg › lib/Shop.dll › C.M (IL)", PartKinds.Constant, "\"published\"", "\"rebuilt\""), result.Parts[0]);
    }

    [Fact]
    public void The_same_bytes_are_identical_and_other_times_are_not()
    {
        byte[] package = ArchiveDifferenceTests.Zip(Day, ("Shop.nuspec", Nuspec));

        Assert.Equal(Grade.Identical, Compare(package, package).Grade);
        Assert.Equal(Grade.MetadataOnly, Compare(package, ArchiveDifferenceTests.Zip(Day.AddHours(2), ("Shop.nuspec", Nuspec))).Grade);
    }

    [Theory]
    [InlineData("no package at all")]
    [InlineData("")]
    public void What_is_no_package_is_refused(string content) =>
        Assert.Throws<InvalidDataException>(() => Compare(Encoding.UTF8.GetBytes(content), Encoding.UTF8.GetBytes(content)));

    [Fact]
    public void A_package_without_or_with_a_damaged_nuspec_is_refused()
    {
        Assert.Throws<InvalidDataException>(() => Compare(ArchiveDifferenceTests.Zip(Day, ("a.txt", "a")), []));
        Assert.Throws<InvalidDataException>(() => Compare(ArchiveDifferenceTests.Zip(Day, ("a.nuspec", "<package>")), []));
        Assert.Throws<InvalidDataException>(() => Compare(ArchiveDifferenceTests.Zip(Day, ("a.nuspec", "<!DOCTYPE x [<!ENTITY e 'e'>]><package>&e;</package>")), []));
    }

    [Fact]
    public void The_compiler_is_what_the_debug_information_names()
    {
        (byte[] image, byte[] symbols) = CompiledPair.Compile("class C { }");
        byte[] nuspec = Encoding.UTF8.GetBytes(Nuspec), embedded = CompiledPair.Compile("class C { }", embedded: true).Image;

        ImmutableArray<string> beside = Compilers(("Shop.nuspec", nuspec), ("lib/Shop.dll", image), ("lib/Shop.pdb", symbols));

        Assert.Matches(@"^\d+\.\d+\.", Assert.Single(beside));
        Assert.Equal<string>(beside, Compilers(("Shop.nuspec", nuspec), ("lib/Shop.dll", embedded), ("lib/Other.dll", embedded)));
        // Symbols that were published apart, and what is no assembly, name none.
        Assert.Empty(Compilers(("Shop.nuspec", nuspec), ("lib/Shop.dll", image)));
        Assert.Empty(Compilers(("Shop.nuspec", nuspec), ("lib/Shop.dll", nuspec), ("lib/Shop.pdb", image), ("lib/Half.dll", embedded[..(embedded.Length / 2)])));
    }

    private static ImmutableArray<string> Compilers(params (string, byte[])[] entries)
    {
        using var trees = new TwoTrees();
        trees.Write("a.nupkg", ArchiveDifferenceTests.ZipOf(Day, entries), null);
        return CompilerVersions.Of(Path.Combine(trees.Left, "a.nupkg"), ComparisonOptions.Default);
    }

    private static PackageComparison Compare(byte[] published, byte[] rebuilt)
    {
        using var trees = new TwoTrees();
        trees.Write("published.nupkg", published, null).Write("rebuilt.nupkg", null, rebuilt);
        return PublishedPackageComparison.Compare(Path.Combine(trees.Left, "published.nupkg"), Path.Combine(trees.Right, "rebuilt.nupkg"), ComparisonOptions.Default, CancellationToken.None);
    }
}
