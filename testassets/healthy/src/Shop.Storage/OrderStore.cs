using Shop.Core;

namespace Shop.Storage;

public sealed class OrderStore
{
    private readonly List<Order> _orders = [];

    public void Add(Order order) => _orders.Add(order);

    public int Checksum() => AcmeStorage.Thing.Do() + _orders.Sum(order => order.Number);
}
