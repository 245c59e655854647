using ReproGate.Gates.Packages.Names;

namespace ReproGate.Core.Tests.Gates.Packages.Names;

public sealed class LookalikesTests
{
    private static readonly KnownNames Own = new(["Acme.Billing.Client", "SerIlog.Acme"], ["Contoso.Logging"], ["Fabrikam.Storage"]);

    [Theory]
    [InlineData("Newt\u043Ensoft.Json", "Newtonsoft.Json")]
    [InlineData("\u0405erilog", "Serilog")]
    [InlineData("Da\u0440\u0440er", "Dapper")]
    [InlineData("Serilog\uFE0F", "Serilog")]
    [InlineData("S\u034Ferilog", "Serilog")]
    [InlineData("Serilog\u3164", "Serilog")]
    [InlineData("\uFF2Dicrosoft.Extensions.Http", "Microsoft.Extensions.Http")]
    [InlineData("M0q", "Moq")]
    [InlineData("PoIIy", "Polly")]
    [InlineData("Po11y", "Polly")]
    [InlineData("rnicrosoft.Extensions.Logging", "Microsoft.Extensions.Logging")]
    [InlineData("BenchrnarkDotNet", "BenchmarkDotNet")]
    [InlineData("Contos\u043E.Logging", "Contoso.Logging")]
    [InlineData("Acme.Bi11ing.Client", "Acme.Billing.Client")]
    public void Characters_that_look_the_same_are_homoglyphs(string id, string imitated)
    {
        Lookalike found = Lookalikes.Find(id, Own)!;

        Assert.Equal((id, imitated, LookalikeKind.Homoglyph), (found.Id, found.Resembles, found.Kind));
    }

    [Theory]
    [InlineData("Newt\u043Ensoft.Json", "holds U+043E, which is not a letter of Newtonsoft.Json")]
    [InlineData("Da\u0440p\u0435r", "holds U+0440, U+0435, which are not letters of Dapper")]
    [InlineData("Po1ly", "has \"1\" at position 3, where Polly has \"l\"")]
    public void What_only_looks_the_same_is_told_by_code_point_or_place(string id, string how) => Assert.Equal(how, Lookalikes.Find(id, Own)!.How);

    [Theory]
    [InlineData("Newtonsoft.Jsom", "Newtonsoft.Json", "differs from Newtonsoft.Json by one letter")]
    [InlineData("NewtonsoftJson", "Newtonsoft.Json", "differs from Newtonsoft.Json only in separators")]
    [InlineData("Newtonsoft-Json", "Newtonsoft.Json", "differs from Newtonsoft.Json only in separators")]
    [InlineData("Newtonsoft_Json", "Newtonsoft.Json", "differs from Newtonsoft.Json only in separators")]
    [InlineData("Json.Newtonsoft", "Newtonsoft.Json", "has the sections of Newtonsoft.Json in another order")]
    [InlineData("EntityFrameworkCore.SqlServer", "Microsoft.EntityFrameworkCore.SqlServer", "is Microsoft.EntityFrameworkCore.SqlServer without its first section")]
    [InlineData("Sirilog", "Serilog", "differs from Serilog by one letter")]
    [InlineData("Serilgo", "Serilog", "differs from Serilog by one letter")]
    [InlineData("Dapperr", "Dapper", "differs from Dapper by one letter")]
    [InlineData("Serilog.Sink.Console", "Serilog.Sinks.Console", "differs from Serilog.Sinks.Console by one letter")]
    [InlineData("Swashbuckel.AspNteCore", "Swashbuckle.AspNetCore", "differs from Swashbuckle.AspNetCore by two letters")]
    [InlineData("Acme.Biling.Client", "Acme.Billing.Client", "differs from Acme.Billing.Client by one letter")]
    [InlineData("Contoso.Loggin", "Contoso.Logging", "differs from Contoso.Logging by one letter")]
    public void A_close_name_is_found_and_the_difference_told(string id, string resembled, string how) =>
        Assert.Equal(new Lookalike(id, resembled, LookalikeKind.CloseName, how), Lookalikes.Find(id, Own));

    [Theory]
    [InlineData("Newtonsoft.Json")]
    [InlineData("newtonsoft.json")]
    [InlineData("Polly.Core")]
    [InlineData("Polly.Anything")]
    [InlineData("Serilog.Sinks.Anything")]
    [InlineData("Serilog.Sinks.Fire.Extended")]
    [InlineData("Acme.Json")]
    [InlineData("Newtonsoft.Json5")]
    [InlineData("NUnit4")]
    [InlineData("EntityFramework7")]
    [InlineData("Zapper")]
    [InlineData("Mok")]
    [InlineData("Nog")]
    [InlineData("Extensions")]
    [InlineData("Acme.Microsoft.Extensions.Logging")]
    [InlineData("CONTOSO.LOGGING")]
    [InlineData("Fabrikam.Storages")]
    [InlineData("")]
    [InlineData(".")]
    public void Honest_ids_are_left_alone(string id) => Assert.Null(Lookalikes.Find(id, Own));

    [Theory]
    [InlineData("Microsoft.Extensions.Loging")]
    [InlineData("Azure.Storage.Blob")]
    [InlineData("System.TextJson")]
    [InlineData("Google.Protobuff")]
    public void Below_a_reserved_prefix_a_close_name_is_the_owners(string id) => Assert.Null(Lookalikes.Find(id, KnownNames.None));

    [Fact]
    public void A_homoglyph_below_a_reserved_prefix_is_told_all_the_same() =>
        Assert.Equal(LookalikeKind.Homoglyph, Lookalikes.Find("Microsoft.Extensions.Logg\u0456ng", KnownNames.None)?.Kind);

    [Fact]
    public void Two_well_known_ids_are_neighbours_however_close()
    {
        Assert.NotNull(WellKnownPackages.Find("NUnit"));
        Assert.NotNull(WellKnownPackages.Find("bunit"));
        Assert.Null(Lookalikes.Find("bunit", KnownNames.None));
    }

    [Fact]
    public void An_id_is_no_lookalike_of_itself()
    {
        Assert.Null(Lookalikes.Find("Acme.Billing.Client", Own));
        Assert.Null(Lookalikes.Find("acme.billing.client", Own));
    }

    [Fact]
    public void No_well_known_id_looks_the_same_as_another()
    {
        var keys = new HashSet<string>();

        Assert.All(WellKnownPackages.All, package => Assert.True(keys.Add(Skeletons(package.Id)), package.Id));
    }

    private static string Skeletons(string id) => id.ToLowerInvariant().Replace('1', 'l').Replace('0', 'o').Replace("rn", "m", StringComparison.Ordinal);
}
