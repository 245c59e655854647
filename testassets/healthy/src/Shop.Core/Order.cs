namespace Shop.Core;

public sealed record Order(int Number, decimal Total)
{
    public int Weight() => AcmeJson.Thing.Do() + Number;
}
